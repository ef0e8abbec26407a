import { outOfMemoryKills } from '../../../linux/cgroup/out-of-memory.ts'
import { readOomVictim } from '../../../linux/oom-victim.ts'

const KILLED = 137

/** Tells which ends of a container are for lack of memory: the counters of its control group outlive a restart. */
export class MemoryKills {
  #known = 0

  /** Returns what to add to the event of an end; `folders` are of the container's control group. */
  attributesOf(exitCode: number, folders: readonly string[]): Readonly<Record<string, string>> {
    const kills = outOfMemoryKills(folders)
    const isNew = kills > this.#known
    this.#known = kills
    if (!isNew || exitCode !== KILLED) return {}
    const victim = folders.map(groupPath).flatMap(path => readOomVictim(path) ?? [])[0]
    return { oomKilled: 'true', ...(victim !== undefined && { process: victim }) }
  }
}

/** Returns the path of a group from the root of its hierarchy, which the folder of the hierarchy stands before. */
function groupPath(folder: string): string {
  const at = folder.indexOf('/tcompose/')
  return at === -1 ? folder : folder.slice(at)
}
