import { readFileSync, realpathSync } from 'node:fs'

/** A mounted file system, in the words of proc_pid_mountinfo(5). */
export interface MountedFileSystem {
  /** E.g. `ext4`. */
  readonly type: string
  /** E.g. `/dev/sda1`. */
  readonly source: string
  /** Of the mount and of the file system, each once. */
  readonly options: readonly string[]
}

/** Returns the file system that holds `path`, which exists; `table` is the text of mountinfo. */
export function fileSystemAt(
  path: string,
  table: string = readFileSync('/proc/self/mountinfo', 'utf8'),
): MountedFileSystem {
  const real = realpathSync(path)
  const found = { place: '', type: 'none', source: 'none', options: [] as readonly string[] }
  for (const line of table.split('\n')) {
    const [before = '', after = ''] = line.split(' - ')
    const [, , , , point = '', options = ''] = before.split(' ')
    const [type = '', source = '', superOptions = ''] = after.split(' ')
    const place = unescapeOctal(point)
    // Of mounts at one place the last covers the others.
    if (place.length < found.place.length || !isBelow(real, place)) continue
    const words = [...options.split(','), ...superOptions.split(',')]
    Object.assign(found, { place, type, source: unescapeOctal(source), options: [...new Set(words)] })
  }
  const { type, source, options } = found
  return { type, source, options }
}

function isBelow(path: string, folder: string): boolean {
  return folder === '/' || path === folder || (folder !== '' && path.startsWith(`${folder}/`))
}

function unescapeOctal(text: string): string {
  return text.replace(/\\([0-7]{3})/g, (_, digits: string) => String.fromCharCode(Number.parseInt(digits, 8)))
}
