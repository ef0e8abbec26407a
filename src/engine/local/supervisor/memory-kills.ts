import { unlessUnreadable } from '../../../disk/damaged-record.ts'
import { readRecord, writeVolatileRecord } from '../../../disk/record-file.ts'
import { outOfMemoryKills } from '../../../linux/cgroup/out-of-memory.ts'
import { readOomVictim } from '../../../linux/oom-victim.ts'

const KILLED = 137

/** Tells which ends of a container are for lack of memory: the counters of its control group outlive a restart. */
export class MemoryKills {
  readonly #path: string
  #unwritten: number | undefined

  /** `path` is of a record of what was told, for the supervisors that follow; it goes with the control group. */
  constructor(path: string) {
    this.#path = path
  }

  /** What was told is on record. */
  get isWritten(): boolean {
    return this.#unwritten === undefined
  }

  /** Returns what to add to the event of an end; `folders` are of the container's control group. */
  attributesOf(exitCode: number, folders: readonly string[]): Readonly<Record<string, string>> {
    const kills = outOfMemoryKills(folders)
    const known = this.#known()
    if (kills !== known) this.#write(kills)
    if (kills <= known || exitCode !== KILLED) return {}
    const victim = folders.map(groupPath).flatMap(path => readOomVictim(path) ?? [])[0]
    return { oomKilled: 'true', ...(victim !== undefined && { process: victim }) }
  }

  #known(): number {
    if (this.#unwritten !== undefined) return this.#unwritten
    const { kills } = unlessUnreadable(() => readRecord(this.#path, 1)) ?? {}
    return typeof kills === 'number' ? kills : 0
  }

  /** One that cannot be written, as on a full disk, is known while this supervisor lives. */
  #write(kills: number): void {
    try {
      writeVolatileRecord(this.#path, { version: 1, kills })
      this.#unwritten = undefined
    } catch {
      this.#unwritten = kills
    }
  }
}

/** Returns the path of a group from the root of its hierarchy, which the folder of the hierarchy stands before. */
function groupPath(folder: string): string {
  const at = folder.indexOf('/tcompose/')
  return at === -1 ? folder : folder.slice(at)
}
