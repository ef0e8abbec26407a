import { TcomposeError } from '../../../../base/tcompose-error.ts'
import type { KeeperConnection } from '../../../../runtime/keeper/keeper-connection.ts'
import { encodeLaunchRequest } from '../../../../runtime/keeper/launch-request.ts'
import type { LaunchRequest } from '../../../../runtime/launch/launch-op.ts'
import { type LinesOptions, runOnLines } from '../../attach/run-on-lines.ts'
import { runError, type StepPlace } from './run-error.ts'

/** How a command is followed. */
export interface CommandRequest extends StepPlace, LinesOptions {}

/**
 * Has the keeper run a command without input, and returns its exit code when all its processes have ended and its output
 * was passed on.
 *
 * @throws {TcomposeError} `build-step` that names what could not be done.
 * @throws {DOMException} `AbortError` when the signal aborts: the command was killed.
 */
export async function runCommand(
  keeper: KeeperConnection,
  launch: LaunchRequest,
  request: CommandRequest,
): Promise<number> {
  const encoded = encodeLaunchRequest(launch)
  if (encoded.length > LARGEST_LAUNCH) throw tooLarge(request, encoded.length)
  try {
    return await runOnLines(keeper, { id: launch.id, encoded }, request)
  } catch (error) {
    throw runError(error, launch.program, request)
  }
}

/** docs/keeper.md: of the payload of a message. */
const LARGEST_LAUNCH = 1 << 20

function tooLarge({ label, span }: StepPlace, bytes: number): TcomposeError {
  return new TcomposeError(
    'build-step',
    `Cannot run step "${label}": its command, variables, secrets and here-documents have ${bytes} bytes, expected ${LARGEST_LAUNCH} at most`,
    { span, hint: 'Put large files into the context, and COPY or mount them' },
  )
}
