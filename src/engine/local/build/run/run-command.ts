import { closeSync, openSync } from 'node:fs'
import { TcomposeError } from '../../../../base/tcompose-error.ts'
import type { KeeperConnection } from '../../../../runtime/keeper/keeper-connection.ts'
import { encodeLaunchRequest } from '../../../../runtime/keeper/launch-request.ts'
import { exitCodeOf } from '../../../../runtime/keeper/process-files.ts'
import type { LaunchRequest } from '../../../../runtime/launch/launch-op.ts'
import { LineRelay } from './line-relay.ts'
import { runError, type StepPlace } from './run-error.ts'
import type { LineListener } from './run-request.ts'

/** How a command is followed. */
export interface CommandRequest extends StepPlace {
  readonly onLine: LineListener
  readonly onStarted?: (() => void) | undefined
  readonly signal: AbortSignal
}

const SIGKILL = 9

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
  const { onLine, signal } = request
  const kill = (): void => void keeper.signal(launch.id, SIGKILL).catch(() => undefined)
  using stdout = new LineRelay(line => onLine('stdout', line), kill)
  using stderr = new LineRelay(line => onLine('stderr', line), kill)
  signal.throwIfAborted()
  await start(keeper, launch, { request, outputs: [stdout.writeFd, stderr.writeFd] })
  request.onStarted?.()
  signal.addEventListener('abort', kill)
  try {
    if (signal.aborted) kill()
    stdout.started()
    stderr.started()
    const { status } = await keeper.wait(launch.id)
    signal.throwIfAborted()
    await Promise.all([stdout.finish(), stderr.finish()])
    return exitCodeOf(status)
  } finally {
    signal.removeEventListener('abort', kill)
  }
}

interface Start {
  readonly request: CommandRequest
  readonly outputs: readonly number[]
}

async function start(
  keeper: KeeperConnection,
  launch: LaunchRequest,
  { request, outputs }: Start,
): Promise<void> {
  const encoded = encodeLaunchRequest(launch)
  if (encoded.length > LARGEST_LAUNCH) throw tooLarge(request, encoded.length)
  const input = openSync('/dev/null', 'r')
  try {
    await keeper.launch(encoded, [input, ...outputs])
  } catch (error) {
    throw runError(error, launch.program, request)
  } finally {
    closeSync(input)
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
