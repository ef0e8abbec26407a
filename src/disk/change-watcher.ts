import { type FSWatcher, watch } from 'node:fs'
import { basename } from 'node:path'
import { errnoNameOf } from '../base/errno-name-of.ts'

/** The end of a keeper changes no file: who follows its containers looks that often without having been told. */
export const KEEPER_LOOK_MS = 1000

/**
 * Tells that something in watched folders or files may have changed. It holds no events: after each `changed` the
 * caller looks at the state itself, so that a lost or doubled event does no harm.
 */
export class ChangeWatcher implements Disposable {
  readonly #watchers = new Map<string, FSWatcher>()
  #dirty = true
  #wake: (() => void) | undefined
  #timer: NodeJS.Timeout | undefined

  /** Watches `path` from now on; a path that is not there, or is watched already, is left alone. */
  add(path: string): void {
    if (this.#watchers.has(path)) return
    try {
      const watcher = watch(path, { persistent: true }, (event, name) => {
        // What is removed may be made again: the next `add` is about another file.
        if (event === 'rename' && name === basename(path)) this.#drop(path)
        else this.notice()
      })
      watcher.on('error', () => this.#drop(path))
      this.#watchers.set(path, watcher)
      this.notice()
    } catch (error) {
      if (errnoNameOf(error) !== 'ENOENT') throw error
    }
  }

  /** Watches `path` no longer. */
  remove(path: string): void {
    this.#watchers.get(path)?.close()
    this.#watchers.delete(path)
  }

  /**
   * Resolves to true when there may be something new since the last call; the first call resolves at once. Resolves to
   * false when `signal` aborts.
   */
  async changed(signal: AbortSignal): Promise<boolean> {
    if (!this.#dirty && !signal.aborted) await this.#nextNotice(signal)
    this.#dirty = false
    return !signal.aborted
  }

  /** Makes `changed` resolve. */
  notice(): void {
    this.#dirty = true
    this.#wake?.()
  }

  /** Makes `changed` resolve in `ms` milliseconds at the latest. */
  noticeAfter(ms: number): void {
    clearTimeout(this.#timer)
    this.#timer = setTimeout(() => this.notice(), ms)
  }

  [Symbol.dispose](): void {
    clearTimeout(this.#timer)
    for (const watcher of this.#watchers.values()) watcher.close()
    this.#watchers.clear()
  }

  #nextNotice(signal: AbortSignal): Promise<void> {
    return new Promise(resolve => {
      const done = (): void => {
        signal.removeEventListener('abort', done)
        this.#wake = undefined
        resolve()
      }
      this.#wake = done
      signal.addEventListener('abort', done, { once: true })
    })
  }

  #drop(path: string): void {
    this.remove(path)
    this.notice()
  }
}
