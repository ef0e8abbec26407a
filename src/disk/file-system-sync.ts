import { closeSync, openSync } from 'node:fs'
import { libcFunctionInBackground } from '../linux/libc.ts'

const syncfs = libcFunctionInBackground('int syncfs(int fd)')

/**
 * Brings what was written to a file system onto its disk. Of calls at the same time the first starts syncfs(2), and
 * all that come while it runs share the next: none returns before what it wrote itself was taken.
 */
export class FileSystemSync {
  readonly #folder: string
  #running: Promise<void> | undefined
  #next: Promise<void> | undefined

  /** @param folder A folder of the file system. */
  constructor(folder: string) {
    this.#folder = folder
  }

  /** Resolves when all is on the disk that was written before the call. @throws {Error} If the disk fails. */
  async flush(): Promise<void> {
    if (this.#running === undefined) return await this.#start()
    this.#next ??= this.#running.catch(() => {}).then(() => this.#start())
    await this.#next
  }

  #start(): Promise<void> {
    this.#next = undefined
    const running = syncNow(this.#folder).finally(() => {
      if (this.#running === running) this.#running = undefined
    })
    this.#running = running
    return running
  }
}

/** syncfs(2) tells of failed writes since Linux 5.8. */
async function syncNow(folder: string): Promise<void> {
  const fd = openSync(folder, 'r')
  try {
    if ((await syncfs(fd)) < 0) throw new Error(`syncfs of ${folder} failed`)
  } finally {
    closeSync(fd)
  }
}
