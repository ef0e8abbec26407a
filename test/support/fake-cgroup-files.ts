import type { CgroupFiles } from '../../src/linux/cgroup/cgroup-files.ts'

/** A cgroup tree in memory. It notes what is done to it. */
export interface FakeCgroupFiles extends CgroupFiles {
  /** E.g. `mkdir /cg/a`, `write /cg/a/pids.max 5`. */
  readonly log: readonly string[]
}

/**
 * Returns a tree that holds `texts`, by path, and the folders that lead to them. A write to a file that is not there
 * makes it, unless its name is in `absent`.
 */
export function fakeCgroupFiles(
  texts: Readonly<Record<string, string>>,
  absent: readonly string[] = [],
): FakeCgroupFiles {
  const files = new Map(Object.entries(texts))
  const folders = new Set([...files.keys()].flatMap(ancestors))
  const log: string[] = []
  const inside = (path: string): readonly string[] =>
    [...folders].filter(folder => folder.slice(0, folder.lastIndexOf('/')) === path)
  return {
    log,
    read: path => files.get(path),
    write(path, ...texts) {
      for (const text of texts) log.push(`write ${path} ${text}`)
      if (absent.includes(path.slice(path.lastIndexOf('/') + 1))) {
        throw Object.assign(new Error(`ENOENT: ${path}`), { code: 'ENOENT' })
      }
      files.set(path, texts.join('\n'))
    },
    mkdir(path) {
      log.push(`mkdir ${path}`)
      if (folders.has(path)) return 'exists'
      if (!folders.has(path.slice(0, path.lastIndexOf('/')))) return 'no-parent'
      folders.add(path)
      return 'made'
    },
    rmdir(path) {
      log.push(`rmdir ${path}`)
      if (inside(path).length > 0 || files.has(`${path}/cgroup.procs`)) return 'busy'
      folders.delete(path)
      return 'gone'
    },
    folders: path =>
      inside(path)
        .map(folder => folder.slice(path.length + 1))
        .sort(),
  }
}

function ancestors(path: string): readonly string[] {
  const folders: string[] = []
  for (let end = path.lastIndexOf('/'); end > 0; end = path.lastIndexOf('/', end - 1)) {
    folders.push(path.slice(0, end))
  }
  return folders
}
