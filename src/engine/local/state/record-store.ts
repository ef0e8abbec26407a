import { makePrivateFolder, writeDurableRecord } from '../../../disk/record-file.ts'
import { writeRecordIfRoom } from '../../../disk/write-if-room.ts'
import type { ContainerId, ProjectName } from '../../../model/names.ts'
import {
  type ContainerEntry,
  type NetworkEntry,
  type ProjectRecord,
  type ProviderEntry,
  readProjectRecord,
  toStoredRecord,
  type VolumeEntry,
} from './project-record.ts'

/** `if-room`: on a full disk nothing is written, and the record lists things that are gone: for removals only. */
export type Durability = 'required' | 'if-room'

/**
 * The record of one project while a command works on it. The holder of the project's lock is its only writer.
 * Changes are seen at once by readers of this object; `save` makes them durable, and `writeBehind` does so by itself.
 */
export class RecordStore {
  #record: ProjectRecord
  readonly #path: string
  readonly #folder: string
  #writing: Promise<void> | undefined
  #changedSinceWrite = false
  #lagMs: number | undefined
  #timer: NodeJS.Timeout | undefined
  readonly #durability: Durability
  #unsynced: readonly string[] = []

  /** @throws {TcomposeError} `state-corrupt` or `state-version`. */
  constructor(
    project: ProjectName,
    paths: { readonly record: string; readonly dataDir: string },
    durability: Durability = 'required',
  ) {
    this.#durability = durability
    this.#path = paths.record
    this.#folder = paths.dataDir
    this.#record = readProjectRecord(paths.record, project)
  }

  get record(): ProjectRecord {
    return this.#record
  }

  /** Has what was just written to the file at `path` on disk before the next record that is written. */
  dependOn(path: string): void {
    this.#unsynced = [...this.#unsynced, path]
  }

  describe(project: { readonly workingDir: string; readonly files: readonly string[] }): void {
    this.#change({ ...this.#record, ...project })
  }

  setNetwork(key: string, entry: NetworkEntry | undefined): void {
    this.#change({ ...this.#record, networks: withEntry(this.#record.networks, key, entry) })
  }

  setVolume(key: string, entry: VolumeEntry | undefined): void {
    this.#change({ ...this.#record, volumes: withEntry(this.#record.volumes, key, entry) })
  }

  setProvider(service: string, entry: ProviderEntry | undefined): void {
    this.#change({
      ...this.#record,
      providers: withEntry(this.#record.providers ?? new Map(), service, entry),
    })
  }

  setContainer(id: ContainerId, entry: ContainerEntry | undefined): void {
    this.#change({ ...this.#record, containers: withEntry(this.#record.containers, id, entry) })
  }

  /**
   * Resolves when every change made before the call is on disk. Calls made while a write is under way share the
   * next one, so that many steps cost few writes.
   */
  async save(): Promise<void> {
    while (this.#changedSinceWrite) {
      if (this.#writing === undefined) this.#writing = this.#write()
      await this.#writing
    }
    await this.#writing
  }

  /**
   * From now on a change is on disk some `lagMs` after it, whether or not anybody saves: other commands read the record
   * while this one waits. A write that fails is left to `save`.
   */
  writeBehind(lagMs: number): void {
    this.#lagMs = lagMs
  }

  /** Resolves when no write is under way, and none will begin but by `save`. */
  async endWriteBehind(): Promise<void> {
    this.#lagMs = undefined
    clearTimeout(this.#timer)
    this.#timer = undefined
    await this.#writing?.catch(() => undefined)
  }

  async #write(): Promise<void> {
    this.#changedSinceWrite = false
    try {
      makePrivateFolder(this.#folder)
      const record = toStoredRecord(this.#record)
      const after = this.#unsynced
      if (this.#durability === 'required') await writeDurableRecord(this.#path, record, after)
      else await writeRecordIfRoom(this.#path, record)
      this.#unsynced = this.#unsynced.filter(path => !after.includes(path))
    } catch (error) {
      this.#changedSinceWrite = true
      throw error
    } finally {
      this.#writing = undefined
    }
  }

  #change(record: ProjectRecord): void {
    this.#record = record
    this.#changedSinceWrite = true
    if (this.#lagMs === undefined) return
    this.#timer ??= setTimeout(() => this.#writeLate(), this.#lagMs).unref()
  }

  #writeLate(): void {
    this.#timer = undefined
    this.save().catch(() => undefined)
  }
}

function withEntry<K, V>(map: ReadonlyMap<K, V>, key: K, entry: V | undefined): ReadonlyMap<K, V> {
  const changed = new Map(map)
  if (entry === undefined) changed.delete(key)
  else changed.set(key, entry)
  return changed
}
