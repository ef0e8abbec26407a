import { closeSync } from 'node:fs'
import { basename, dirname } from 'node:path'
import { formatMillis, millisOf } from '../../../../base/millis.ts'
import type { HealthProbe } from '../../../../model/observed-state.ts'
import { LaunchFailure } from '../../../../runtime/keeper/keeper-error.ts'
import { exitCodeOf } from '../../../../runtime/keeper/process-files.ts'
import { NO_EXIT_CODE } from '../../state/health-state.ts'
import type { Clock } from '../clock.ts'
import type { KeeperPort } from '../keeper-port.ts'
import { launchId } from '../stored-launch.ts'
import { type OutputPipe, openNull } from './output-pipe.ts'

export interface ProbeOptions {
  readonly keeper: Pick<KeeperPort, 'launch' | 'signal' | 'wait'>
  readonly clock: Clock
  /** The stored launch request of the probe, which dies with its client. */
  readonly request: Buffer
  readonly timeoutMs: number
  readonly openPipe: () => OutputPipe
  /** Tells whether the container, and the probe with it, is paused: that time does not count. */
  readonly isPaused: () => boolean
  /** Ends the probe early; what it returns then has no meaning. */
  readonly signal: AbortSignal
}

const SIGKILL = 9

/** Runs one probe to its end, which its timeout brings about if need be. A probe that cannot run is a failed one. */
export async function runProbe(options: ProbeOptions): Promise<HealthProbe> {
  const startedAt = options.clock.now()
  const { exitCode, output } = await launchAndWait(options).catch(failedProbe)
  return { startedAt, endedAt: options.clock.now(), exitCode, output }
}

type ProbeResult = Pick<HealthProbe, 'exitCode' | 'output'>

function failedProbe(error: unknown): ProbeResult {
  return { exitCode: NO_EXIT_CODE, output: reasonOf(error) }
}

/** Of a program that is nowhere on PATH the keeper names the first place where it looked. */
function reasonOf(error: unknown): string {
  const path = error instanceof LaunchFailure ? /^execve (.*)$/s.exec(error.what)?.[1] : undefined
  if (path === undefined || !(error instanceof LaunchFailure) || error.errnoName !== 'ENOENT') {
    return error instanceof Error ? error.message : String(error)
  }
  return `Cannot run "${basename(path)}": the container has no such program, looked first in ${dirname(path)}`
}

async function launchAndWait(options: ProbeOptions): Promise<ProbeResult> {
  const { keeper, request, openPipe } = options
  using pipe = openPipe()
  await launchWithOutput(keeper, request, pipe)
  const { status, hasTimedOut } = await waitWithin(options)
  const output = await pipe.collect()
  if (!hasTimedOut) return { exitCode: exitCodeOf(status), output }
  const reason = `Health check exceeded timeout (${formatMillis(millisOf(options.timeoutMs))})`
  return { exitCode: NO_EXIT_CODE, output: output === '' ? reason : `${reason}: ${output}` }
}

async function launchWithOutput(
  keeper: Pick<KeeperPort, 'launch'>,
  request: Buffer,
  pipe: OutputPipe,
): Promise<void> {
  const input = openNull()
  try {
    await keeper.launch(request, [input, pipe.writeFd, pipe.writeFd])
  } finally {
    closeSync(input)
    pipe.closeWriteEnd()
  }
}

/** Waits until the process has ended, killing it after the timeout: the next probe never meets the last one. */
async function waitWithin({ keeper, clock, request, timeoutMs, isPaused, signal }: ProbeOptions) {
  const id = launchId(request)
  let hasTimedOut = false
  // The process may have ended on its own a moment before.
  const kill = () => void keeper.signal(id, SIGKILL).catch(() => {})
  let cancel = clock.after(timeoutMs, expire)
  function expire(): void {
    if (isPaused()) {
      cancel = clock.after(timeoutMs, expire)
      return
    }
    hasTimedOut = true
    kill()
  }
  signal.addEventListener('abort', kill, { once: true })
  if (signal.aborted) kill()
  try {
    const { status } = await keeper.wait(id)
    return { status, hasTimedOut }
  } finally {
    cancel()
    signal.removeEventListener('abort', kill)
  }
}
