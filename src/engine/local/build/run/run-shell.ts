import type { KeeperConnection } from '../../../../runtime/keeper/keeper-connection.ts'
import { exitCodeOf } from '../../../../runtime/keeper/process-files.ts'
import type { LaunchRequest } from '../../../../runtime/launch/launch-op.ts'
import { runOnStreams } from '../../attach/run-on-streams.ts'
import { runOnTerminal, sizeOf } from '../../attach/run-on-terminal.ts'
import { openStreamRelay } from '../../attach/stream-relay.ts'
import { extendEnvironment } from '../../container/process-environment.ts'
import { findShell } from './find-shell.ts'
import { runError } from './run-error.ts'
import type { ShellRequest } from './run-request.ts'
import { type StepContext, treeOfStep, withStep } from './run-step.ts'

const SIGKILL = 9

/** As `exec` has it: a variable of the step goes before it. */
const TERMINAL_TYPE = 'TERM=xterm'

/** Runs a shell in place of a step's command; see `RunSession.shell`. */
export async function runShell(request: ShellRequest, context: StepContext): Promise<number> {
  const { io, signal } = request
  const terminal = io.kind === 'terminal' ? sizeOf(io) : undefined
  const operation = shellOperation(request, context)
  return await withStep({ ...request, operation, terminal }, context, async ({ keeper, launch }) => {
    const kill = (): void => void keeper.signal(launch.id, SIGKILL).catch(() => undefined)
    signal.throwIfAborted()
    signal.addEventListener('abort', kill)
    try {
      const status = await runAttached(keeper, launch, { request, socket: context.parts.layout.keeperSocket })
      signal.throwIfAborted()
      return exitCodeOf(status)
    } catch (error) {
      throw runError(error, launch.program, request)
    } finally {
      signal.removeEventListener('abort', kill)
    }
  })
}

function shellOperation(request: ShellRequest, context: StepContext): ShellRequest['operation'] {
  const { operation, io } = request
  const argv = findShell(request, treeOfStep(request, context))
  if (io.kind === 'streams') return { ...operation, argv }
  return { ...operation, argv, environment: extendEnvironment([TERMINAL_TYPE], operation.environment) }
}

interface Attached {
  readonly request: ShellRequest
  /** The keeper's. */
  readonly socket: string
}

/** The keeper gives the terminal of an auxiliary process to whoever launches it, and keeps that of a container. */
async function runAttached(
  keeper: KeeperConnection,
  launch: LaunchRequest,
  { request: { io, onStarted }, socket }: Attached,
): Promise<number> {
  if (io.kind === 'terminal') {
    const running = runOnTerminal(socket, { ...launch, kind: 'auxiliary' }, io)
    onStarted?.()
    // Only a terminal with keys for it is left.
    return (await running) ?? 0
  }
  using relay = openStreamRelay(io)
  const started = (): void => {
    relay.started()
    onStarted?.()
  }
  return await runOnStreams(keeper, launch, { ...relay, started })
}
