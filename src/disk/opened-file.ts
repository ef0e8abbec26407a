import { close, closeSync } from 'node:fs'

/** An open file or folder. */
export interface OpenedFile extends Disposable {
  readonly fd: number
}

/** Returns `fd` as something to dispose of. */
export function openedFile(fd: number): OpenedFile {
  return { fd, [Symbol.dispose]: () => closeSync(fd) }
}

/** As many descriptors may wait to be closed; what is more is closed at once. */
const MOST_CLOSING = 512
let closing = 0

/**
 * Returns `fd` as something that is closed in the background. The last descriptor of a file without a name gives its blocks
 * back, which takes longer than writing it where the disk is told of each block that is free (discard, mount(8)).
 */
export function closedLater(fd: number): OpenedFile {
  return {
    fd,
    [Symbol.dispose]: () => {
      if (closing >= MOST_CLOSING) return closeSync(fd)
      closing += 1
      close(fd, () => {
        closing -= 1
      })
    },
  }
}
