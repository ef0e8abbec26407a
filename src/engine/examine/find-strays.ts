import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { type ProjectName, parseProjectName, shortId } from '../../model/names.ts'
import { detectCgroups } from '../cgroup/detect-cgroups.ts'
import { listCgroups } from '../cgroup/list-cgroups.ts'
import { killCgroup, removeCgroup, removeEmptyParents } from '../cgroup/remove-cgroup.ts'
import type { Stray } from '../engine.ts'
import { removeTree } from '../host/remove-tree.ts'
import { listNetworkObjects, type Stray as NetworkStray, removeStray } from '../network/strays.ts'
import { containerLayout, instanceTag, projectLayout, type Roots } from '../state/layout.ts'
import { readLiveRecord } from '../state/live-files.ts'
import { readProjectRecord } from '../state/project-record.ts'

/** Something without an owner, and how to be rid of it. */
export interface FoundStray extends Omit<Stray, 'removed'> {
  readonly remove: () => Promise<void>
}

/**
 * Finds what this engine has in the kernel and on disk that no record speaks of, by the names of the things
 * themselves. A command that is at work announces what it makes before it does, so its objects are not among them.
 */
export function findStrays(roots: Roots): readonly FoundStray[] {
  const known = new KnownObjects(roots)
  return [...networkStrays(roots, known), ...cgroupStrays(roots, known), ...folderStrays(roots, known)]
}

function networkStrays(roots: Roots, known: KnownObjects): readonly FoundStray[] {
  const tag = instanceTag(roots)
  const objects = [...listNetworkObjects({ tag, run: roots.run }).values()].flat()
  return objects
    .filter(object => !known.hasNetworkObject(object))
    .map(object => ({
      kind: STRAY_KINDS[object.kind],
      name: networkObjectName(object),
      project: object.project,
      remove: async () => removeStray(tag, object),
    }))
}

const STRAY_KINDS = {
  bridge: 'interface',
  interface: 'interface',
  firewall: 'table',
  admission: 'table',
  netns: 'namespace',
} as const

function networkObjectName(object: NetworkStray): string {
  switch (object.kind) {
    case 'bridge':
    case 'interface':
      return object.name
    case 'netns':
      return object.path
    default:
      return object.project
  }
}

function cgroupStrays(roots: Roots, known: KnownObjects): readonly FoundStray[] {
  const host = detectCgroups(path => readFileSync(path, 'utf8'))
  const tag = instanceTag(roots)
  return listCgroups(host, tag)
    .filter(({ project, shortId: id }) => !known.hasContainer(project, id))
    .map(({ project, shortId: id, cgroup }) => ({
      kind: 'cgroup',
      name: `${project}/${id}`,
      project,
      remove: async () => {
        killCgroup(cgroup)
        const left = removeCgroup(cgroup)
        if (left.length > 0)
          throw new Error(`Cannot remove ${left.join(', ')}: a process is still ending there`)
        removeEmptyParents(host, { tag, project })
      },
    }))
}

function folderStrays(roots: Roots, known: KnownObjects): readonly FoundStray[] {
  const containerFolders = namesIn(join(roots.data, 'projects')).flatMap(project =>
    [
      join(roots.data, 'projects', project, 'containers'),
      join(roots.run, 'projects', project, 'containers'),
    ].flatMap(folder =>
      namesIn(folder)
        .filter(id => !known.hasContainer(project, id.slice(0, 12)))
        .map(id => ({ project, path: join(folder, id) })),
    ),
  )
  return containerFolders.map(({ project, path }) => ({
    kind: 'folder',
    name: path,
    project,
    remove: () => removeTree(path),
  }))
}

/** What the records speak of. */
class KnownObjects {
  readonly #roots: Roots
  readonly #projects = new Map<string, KnownProject>()

  constructor(roots: Roots) {
    this.#roots = roots
  }

  hasContainer(project: string, id: string): boolean {
    return this.#project(project).containers.has(id)
  }

  hasNetworkObject(object: NetworkStray): boolean {
    const project = this.#project(object.project)
    switch (object.kind) {
      case 'bridge':
      case 'interface':
        return project.interfaces.has(object.name)
      case 'netns':
        return project.containers.has(basename(object.path))
      default:
        return project.interfaces.size > 0
    }
  }

  #project(name: string): KnownProject {
    const found = this.#projects.get(name) ?? this.#read(parseProjectName(name))
    this.#projects.set(name, found)
    return found
  }

  #read(name: ProjectName): KnownProject {
    const { record } = projectLayout(this.#roots, name)
    if (!existsSync(record)) return { containers: new Set(), interfaces: new Set() }
    const { containers, networks } = readProjectRecord(record, name)
    const bridges = [...networks.values()].flatMap(({ bridge }) => bridge ?? [])
    const veths = [...containers.keys()].flatMap(id =>
      (readLiveRecord(containerLayout(this.#roots, name, id).live)?.endpoints ?? []).map(
        endpoint => endpoint.hostInterface,
      ),
    )
    return {
      containers: new Set([...containers.keys()].map(shortId)),
      interfaces: new Set([...bridges, ...veths]),
    }
  }
}

interface KnownProject {
  /** Short ids. */
  readonly containers: ReadonlySet<string>
  readonly interfaces: ReadonlySet<string>
}

function namesIn(folder: string): readonly string[] {
  return existsSync(folder) ? readdirSync(folder) : []
}
