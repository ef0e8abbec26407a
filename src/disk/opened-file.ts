import { closeSync } from 'node:fs'

/** An open file or folder. */
export interface OpenedFile extends Disposable {
  readonly fd: number
}

/** Returns `fd` as something to dispose of. */
export function openedFile(fd: number): OpenedFile {
  return { fd, [Symbol.dispose]: () => closeSync(fd) }
}
