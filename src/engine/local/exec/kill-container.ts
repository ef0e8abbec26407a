import { errnoNameOf } from '../../../base/errno-name-of.ts'
import { TcomposeError } from '../../../base/tcompose-error.ts'
import { thawCgroup } from '../../../linux/cgroup/thaw-cgroup.ts'
import type { ContainerId, ProjectName } from '../../../model/names.ts'
import { signalNumber } from '../../../model/signal.ts'
import { connectKeeper } from '../../../runtime/keeper/keeper-client.ts'
import type { KeeperConnection } from '../../../runtime/keeper/keeper-connection.ts'
import { readProcessState } from '../../../runtime/keeper/process-files.ts'
import { endContainer } from '../apply/end-container.ts'
import { signalOrphan } from '../apply/end-orphan.ts'
import { SIGKILL } from '../apply/end-process.ts'
import { type SignalledContainer, type SignallingKeeper, throughRuntime } from '../apply/through-runtime.ts'
import { containerCgroupOf } from '../container/container-cgroup.ts'
import { hasBlockRates } from '../container/has-block-rates.ts'
import { stopSignal } from '../container/stop-signal.ts'
import type { EngineHost } from '../host/engine-host.ts'
import { containerLayout, instanceTag, projectLayout, type Roots } from '../state/layout.ts'
import { markStopped } from '../state/mark-stopped.ts'
import { noteEvent } from '../state/note-event.ts'
import { readProjectRecord } from '../state/project-record.ts'

export interface Kill {
  readonly roots: Roots
  readonly host: EngineHost
  readonly project: ProjectName
  readonly container: ContainerId
  /** `SIGHUP`, `HUP` or `1`. */
  readonly signal: string
}

/**
 * Sends a signal to the main process of a container; with SIGKILL, waits until none of the container's processes is
 * left. With SIGKILL and the signal that stops it, one that is paused runs again. A process that has ended is no failure.
 *
 * @throws {TcomposeError} `bad-value` for a signal that does not exist, `process-survives`.
 */
export async function killContainer({ roots, host, project, container, signal }: Kill): Promise<void> {
  const number = parseSignal(signal)
  const { record, keeperSocket } = projectLayout(roots, project)
  const entry = readProjectRecord(record, project).containers.get(container)
  if (entry === undefined) return
  const layout = containerLayout(roots, project, container)
  // As Docker has it: who ends a container by hand does not want it back, whatever its restart policy.
  const isFinal = number === SIGKILL || number === stopSignal(roots, entry)
  if (isFinal) markStopped(layout)
  noteEvent(projectLayout(roots, project), { action: 'kill', entry, attributes: { signal: String(number) } })
  using keeper = await connectKeeper(keeperSocket)
  const cgroup = containerCgroupOf(host.cgroups, {
    tag: instanceTag(roots),
    project,
    id: container,
    parent: entry.spec.config.cgroupParent,
  })
  if (number !== SIGKILL) {
    await signalMain({ id: container, layout, cgroup, keeper }, number)
    if (isFinal) thawCgroup(cgroup)
    return
  }
  const ending = { signal: SIGKILL, graceMs: 0 }
  const hasRates = hasBlockRates(entry.spec.config)
  await endContainer({ id: container, name: entry.spec.name, layout, cgroup, keeper, hasRates }, ending)
}

interface MainProcess extends SignalledContainer {
  readonly keeper: KeeperConnection | undefined
}

async function signalMain({ id, layout, cgroup, keeper }: MainProcess, signal: number): Promise<void> {
  const through = keeper && throughRuntime(keeper, { id, layout, cgroup })
  if (through !== undefined && (await isSignalled(through, id, signal))) return
  const main = readProcessState(layout)
  if (main.kind === 'running') signalOrphan(main.process, signal)
}

/** Returns false for a process that the keeper does not have. */
async function isSignalled(keeper: SignallingKeeper, id: string, signal: number): Promise<boolean> {
  try {
    await keeper.signal(id, signal)
    return true
  } catch (error) {
    if (errnoNameOf(error) === 'ESRCH') return false
    throw error
  }
}

function parseSignal(signal: string): number {
  const number = signalNumber(signal)
  if (number !== undefined) return number
  throw new TcomposeError(
    'bad-value',
    `Cannot use signal "${signal}": there is no such signal, expected a name such as "SIGTERM" or a number up to 64`,
    { hint: 'Use a name as in signal(7), e.g. SIGHUP' },
  )
}
