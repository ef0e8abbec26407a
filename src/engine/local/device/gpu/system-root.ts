import {
  accessSync,
  constants,
  existsSync,
  lstatSync,
  readdirSync,
  readFileSync,
  realpathSync,
  statSync,
} from 'node:fs'
import { join, posix, relative } from 'node:path'
import { errnoNameOf } from '../../../../base/errno-name-of.ts'

/** The files of a system, which may be another than the one that runs: each path begins at its root. */
export class SystemRoot {
  readonly path: string

  constructor(path: string) {
    this.path = path
  }

  /** Returns where on this machine `path` is. */
  at(path: string): string {
    return join(this.path, path)
  }

  has(path: string): boolean {
    return existsSync(this.at(path))
  }

  /** Returns the text of the file at `path`, or undefined where there is none that can be read. */
  read(path: string): string | undefined {
    try {
      return readFileSync(this.at(path), 'utf8')
    } catch {
      return undefined
    }
  }

  /** Returns the bytes of the file at `path`, or undefined where there is none that can be read. */
  readBytes(path: string): Buffer | undefined {
    try {
      return readFileSync(this.at(path))
    } catch {
      return undefined
    }
  }

  /** Returns the names in the folder at `path`, sorted; none if there is none. */
  names(path: string): readonly string[] {
    try {
      return readdirSync(this.at(path)).sort()
    } catch {
      return []
    }
  }

  isFile(path: string): boolean {
    return statSync(this.at(path), { throwIfNoEntry: false })?.isFile() === true
  }

  /** Tells whether the file at `path` is no link to another. */
  isPlainFile(path: string): boolean {
    return lstatSync(this.at(path), { throwIfNoEntry: false })?.isFile() === true
  }

  isDevice(path: string): boolean {
    return statSync(this.at(path), { throwIfNoEntry: false })?.isCharacterDevice() === true
  }

  /** Returns the group that the file at `path` belongs to. */
  groupOf(path: string): number | undefined {
    return statSync(this.at(path), { throwIfNoEntry: false })?.gid
  }

  /** Returns `path` with the links in it followed, but for one that leads out of the root. */
  realPath(path: string): string {
    const real = relative(realpathSync(this.path), realpathSync(this.at(path)))
    return real.startsWith('..') ? path : posix.join('/', real)
  }

  /** Returns why this process may not open the device at `path` to read and write; a device cgroup counts too. */
  refusal(path: string): string | undefined {
    try {
      accessSync(this.at(path), constants.R_OK | constants.W_OK)
      return undefined
    } catch (error) {
      return errnoNameOf(error) ?? String(error)
    }
  }
}
