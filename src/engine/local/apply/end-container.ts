import { setTimeout as delay } from 'node:timers/promises'
import { isDiskFull } from '../../../base/is-disk-full.ts'
import { TcomposeError } from '../../../base/tcompose-error.ts'
import type { Cgroup } from '../../../linux/cgroup/cgroup.ts'
import { liftThrottles } from '../../../linux/cgroup/lift-throttles.ts'
import { killCgroup, listMembers } from '../../../linux/cgroup/remove-cgroup.ts'
import { thawCgroup } from '../../../linux/cgroup/thaw-cgroup.ts'
import {
  type PidRecord,
  readPidFile,
  readProcessState,
  writeExit,
} from '../../../runtime/keeper/process-files.ts'
import type { ContainerLayout } from '../state/layout.ts'
import { isMarkedPaused } from '../state/pause-mark.ts'
import { endOrphan } from './end-orphan.ts'
import {
  type EndingKeeper,
  endProcess,
  KILL_PATIENCE_MS,
  type ProcessEnding,
  SIGKILL,
} from './end-process.ts'

/** A container, and what is known of its processes. */
export interface EndingContainer {
  readonly id: string
  readonly name: string
  readonly layout: ContainerLayout
  readonly cgroup: Cgroup
  /** Its writes to block devices have rates. @default false */
  readonly hasRates?: boolean
  /** Undefined where none runs. */
  readonly keeper: EndingKeeper | undefined
}

/** What the main process gets, and how long it has. */
export type Ending = Omit<ProcessEnding, 'id' | 'onSignalled'>

const LOOK_MS = 10
const THAW_MS = 100

/**
 * Ends every process of a container, and resolves when none is left: the main one through its keeper, or directly where
 * that is gone; then, with SIGKILL, what is left in the control group. What is paused runs again once it has its signal. A
 * container without a process is no failure.
 *
 * @throws {TcomposeError} `process-survives` if one outlives SIGKILL.
 */
export async function endContainer(container: EndingContainer, ending: Ending): Promise<void> {
  const { id, layout, keeper, cgroup, name, hasRates = false } = container
  const { patienceMs = KILL_PATIENCE_MS } = ending
  const thaw = (): void => {
    if (isMarkedPaused(layout)) thawCgroup(cgroup)
  }
  using thawing = new DisposableStack()
  const onSignalled = (signal: number) => {
    thaw()
    if (hasRates && signal === SIGKILL) liftThrottles(cgroup)
    // Another command may pause it from now on, and what is frozen does not die.
    const timer = setInterval(thaw, THAW_MS)
    thawing.defer(() => clearInterval(timer))
  }
  if (keeper !== undefined && !(await endKept(keeper, { id, ...ending, onSignalled })))
    throw survivesError(name, [readPidFile(layout.pid)?.pid ?? 0], patienceMs)
  const main = readProcessState(layout)
  if (main.kind === 'running') await endMain(container, main.process, { ...ending, onSignalled })
  await endMembers(name, cgroup, patienceMs)
}

async function endMain(
  { name, layout }: EndingContainer,
  process: PidRecord,
  ending: Omit<ProcessEnding, 'id'>,
): Promise<void> {
  const end = await endOrphan(process, ending)
  if (end === 'survives') throw survivesError(name, [process.pid], ending.patienceMs ?? KILL_PATIENCE_MS)
  if (end === 'killed') noteEnd(layout)
}

/** On a full disk the container has ended in an unknown way. */
function noteEnd(layout: ContainerLayout): void {
  try {
    writeExit(layout, { waitStatus: SIGKILL, now: Date.now() })
  } catch (error) {
    if (!isDiskFull(error)) throw error
  }
}

/** A keeper that ends meanwhile leaves its processes to whoever finds them. */
async function endKept(keeper: EndingKeeper, ending: ProcessEnding): Promise<boolean> {
  try {
    return await endProcess(keeper, ending)
  } catch (error) {
    if (keeper.hasEnded) return true
    throw error
  }
}

async function endMembers(name: string, cgroup: Cgroup, patienceMs: number): Promise<void> {
  const deadline = performance.now() + patienceMs
  for (;;) {
    const members = listMembers(cgroup)
    if (members.length === 0) return
    if (performance.now() > deadline) throw survivesError(name, members, patienceMs)
    killCgroup(cgroup)
    await delay(LOOK_MS)
  }
}

function survivesError(name: string, pids: readonly number[], patienceMs: number): TcomposeError {
  const who = pids.length === 1 ? `process ${pids[0]} is` : `processes ${pids.join(', ')} are`
  return new TcomposeError(
    'process-survives',
    `Cannot end container ${name}: ${who} still there ${patienceMs / 1000} s after SIGKILL`,
    {
      hint: `See what the kernel waits for with "cat /proc/${pids[0]}/stack", then run the command again`,
    },
  )
}
