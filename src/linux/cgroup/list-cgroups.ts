import { CGROUP_TOP, type Cgroup, type CgroupHost } from './cgroup.ts'
import { type CgroupFiles, hostCgroupFiles } from './cgroup-files.ts'
import { mountPoints } from './remove-cgroup.ts'

/** A control group of one engine, found by its path alone. */
export interface FoundCgroup {
  readonly project: string
  /** The first 12 digits of the container's id. */
  readonly shortId: string
  readonly cgroup: Cgroup
}

/** Returns the control groups of the engine `tag`, whoever remembers them, by project and id. */
export function listCgroups(
  host: CgroupHost,
  tag: string,
  files: CgroupFiles = hostCgroupFiles,
): readonly FoundCgroup[] {
  return joined(
    host,
    mountPoints(host).flatMap(root => foldersOf(root, tag, files)),
  )
}

/**
 * Returns those that are below groups which Compose files name, wherever these are: this looks at every group of the
 * machine.
 */
export function listPlacedCgroups(
  host: CgroupHost,
  tag: string,
  files: CgroupFiles = hostCgroupFiles,
): readonly FoundCgroup[] {
  const name = new RegExp(`/${CGROUP_TOP}-${tag}-(.+)-([0-9a-f]{12})$`)
  return joined(
    host,
    mountPoints(host).flatMap(root =>
      foldersBelow(root, files).flatMap(folder => {
        const [, project, shortId] = name.exec(folder) ?? []
        return project === undefined || shortId === undefined ? [] : [{ project, shortId, folder }]
      }),
    ),
  )
}

function foldersBelow(folder: string, files: CgroupFiles): readonly string[] {
  return files
    .folders(folder)
    .map(name => `${folder}/${name}`)
    .flatMap(path => [path, ...foldersBelow(path, files)])
}

interface FoundFolder {
  readonly project: string
  readonly shortId: string
  readonly folder: string
}

function joined(host: CgroupHost, folders: readonly FoundFolder[]): readonly FoundCgroup[] {
  const found = new Map<string, FoundCgroup>()
  for (const { project, shortId, folder } of folders) {
    const key = `${project}/${shortId}`
    const folders = [...(found.get(key)?.cgroup.folders ?? []), folder]
    found.set(key, { project, shortId, cgroup: { version: host.kind === 'v1' ? 1 : 2, folders } })
  }
  return [...found].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, cgroup]) => cgroup)
}

function foldersOf(mountPoint: string, tag: string, files: CgroupFiles): readonly FoundFolder[] {
  const root = `${mountPoint}/${CGROUP_TOP}/${tag}`
  return files
    .folders(root)
    .flatMap(project =>
      files
        .folders(`${root}/${project}`)
        .map(shortId => ({ project, shortId, folder: `${root}/${project}/${shortId}` })),
    )
}
