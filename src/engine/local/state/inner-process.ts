import { isUnreadable } from '../../../base/is-unreadable.ts'
import { readRegularFile } from '../../../disk/regular-file.ts'
import { readProcessStat } from '../../../linux/process-stat.ts'
import type { PidRecord } from '../../../runtime/keeper/process-files.ts'
import type { ContainerLayout } from './layout.ts'
import { readLiveRecord } from './live-files.ts'

/** The process of a container whose namespaces are the container's. */
export interface InnerProcess {
  readonly pid: number
  /** Its root holds the container's files: gVisor's kernel keeps them to itself. */
  readonly hasFiles: boolean
}

/**
 * Returns the process that is in the namespaces of a running container; undefined if it has ended. `kept` is the keeper's
 * child: that process itself, or the OCI runtime, which is in the namespaces of the host.
 */
export function innerProcess(
  layout: Pick<ContainerLayout, 'live' | 'init'>,
  kept: Pick<PidRecord, 'pid'>,
): InnerProcess | undefined {
  const runtime = readLiveRecord(layout.live)?.runtime
  if (runtime === undefined) return { pid: kept.pid, hasFiles: true }
  const pid = readInit(layout.init)
  // What an earlier run has left names a process that is no child of this runtime.
  if (pid === undefined || readProcessStat(pid)?.parentPid !== kept.pid) return undefined
  return { pid, hasFiles: runtime.kind !== 'runsc' }
}

function readInit(path: string): number | undefined {
  try {
    const text = readRegularFile(path)?.trim() ?? ''
    return /^\d+$/.test(text) ? Number(text) : undefined
  } catch (error) {
    if (isUnreadable(error)) return undefined
    throw error
  }
}
