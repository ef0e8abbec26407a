import { readdirSync, readFileSync } from 'node:fs'
import { openPidfd } from './pidfd.ts'
import { readProcessStat } from './process-stat.ts'

const SIGKILL = 9

/** Sends SIGKILL to the children of a process, as far as the kernel lists them; proc_pid_task(5), CONFIG_PROC_CHILDREN. */
export function killChildren(parent: number): void {
  for (const pid of childrenOf(parent)) {
    using child = openPidfd(pid)
    // Another process may have got the pid before it was pinned, and none since.
    if (child !== undefined && readProcessStat(pid)?.parentPid === parent) child.send(SIGKILL)
  }
}

function childrenOf(parent: number): readonly number[] {
  const folder = `/proc/${parent}/task`
  try {
    return readdirSync(folder).flatMap(thread =>
      (readFileSync(`${folder}/${thread}/children`, 'utf8').match(/\d+/g) ?? []).map(Number),
    )
  } catch {
    // It has ended, or the kernel has no such list.
    return []
  }
}
