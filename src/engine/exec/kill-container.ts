import { writeFileSync } from 'node:fs'
import { errnoNameOf } from '../../base/errno-name-of.ts'
import { TcomposeError } from '../../base/tcompose-error.ts'
import type { ContainerId, ProjectName } from '../../model/names.ts'
import { parseSignal } from '../container/signals.ts'
import { stopSignal } from '../execute/stop-signal.ts'
import { connectKeeper } from '../keeper/keeper-client.ts'
import { containerLayout, projectLayout, type Roots } from '../state/layout.ts'
import { readProjectRecord } from '../state/project-record.ts'

const SIGKILL = 9

export interface Kill {
  readonly roots: Roots
  readonly project: ProjectName
  readonly container: ContainerId
  /** `SIGHUP`, `HUP` or `1`. */
  readonly signal: string
}

/**
 * Sends a signal to the main process of a container. A process that has ended is no failure.
 *
 * @throws {TcomposeError} `bad-value` for a signal that does not exist.
 */
export async function killContainer({ roots, project, container, signal }: Kill): Promise<void> {
  const number = signalNumber(signal)
  const entry = readProjectRecord(projectLayout(roots, project).record, project).containers.get(container)
  // As Docker has it: who ends a container by hand does not want it back, whatever its restart policy.
  if (entry !== undefined && (number === SIGKILL || number === stopSignal(roots, entry))) {
    writeFileSync(containerLayout(roots, project, container).stopped, '')
  }
  using keeper = await connectKeeper(projectLayout(roots, project).keeperSocket)
  await keeper?.signal(container, number).catch(ignoreGone)
}

function signalNumber(signal: string): number {
  try {
    return parseSignal(signal)
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error)
    throw new TcomposeError('bad-value', message, {
      hint: 'Use a name as in signal(7), e.g. SIGHUP',
      cause: error,
    })
  }
}

function ignoreGone(error: unknown): void {
  if (errnoNameOf(error) !== 'ESRCH') throw error
}
