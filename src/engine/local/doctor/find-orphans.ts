import { existsSync, readFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { unlessUnreadable } from '../../../disk/damaged-record.ts'
import { namesIn } from '../../../disk/names-in.ts'
import { removeTree } from '../../../disk/remove-tree.ts'
import { detectCgroups } from '../../../linux/cgroup/detect-cgroups.ts'
import { type FoundCgroup, listCgroups, listPlacedCgroups } from '../../../linux/cgroup/list-cgroups.ts'
import { killCgroup, removeCgroup, removeEmptyParents } from '../../../linux/cgroup/remove-cgroup.ts'
import { type ProjectName, parseProjectName, shortId } from '../../../model/names.ts'
import type { Orphan } from '../../engine.ts'
import { sessionOfOwner } from '../build/run/session-layout.ts'
import { findAbandonedSessions, removeRunSession } from '../build/run/sweep-run-sessions.ts'
import { hostInterfacesOf } from '../network/host-interfaces.ts'
import { listNetworkObjects, type NetworkObject, removeNetworkObject } from '../network/orphans.ts'
import { containerLayout, instanceTag, projectLayout, type Roots } from '../state/layout.ts'
import { readLiveRecord } from '../state/live-files.ts'
import { readProjectRecord } from '../state/project-record.ts'

/** Something without an owner, and how to remove it. */
export interface FoundOrphan extends Omit<Orphan, 'removed'> {
  readonly remove: () => Promise<void>
}

/**
 * Finds what this engine has in the kernel and on disk that no record describes, by the names of the things
 * themselves. A running command announces what it makes before it does, so its objects are not among them. Of a
 * project whose record cannot be read nothing is known, so nothing of it is an orphan.
 */
export function findOrphans(roots: Roots): readonly FoundOrphan[] {
  const known = new KnownObjects(roots)
  return [
    ...sessionOrphans(roots),
    ...networkOrphans(roots, object => known.hasNetworkObject(object)),
    ...cgroupOrphans(roots, ({ project, shortId: id }) => known.hasContainer(project, id)),
    ...folderOrphans(roots, (project, id) => known.hasContainer(project, id)),
  ]
}

/** Finds everything that a project has in the kernel, and the folders of its containers, by their names alone. */
export function findAllOf(roots: Roots, project: ProjectName): readonly FoundOrphan[] {
  const isOther = (object: { readonly project: string }): boolean => object.project !== project
  return [
    ...networkOrphans(roots, isOther),
    ...cgroupOrphans(roots, isOther),
    ...folderOrphans(roots, other => other !== project),
  ]
}

/** What builds have that were killed while they ran commands, each a whole. */
function sessionOrphans(roots: Roots): readonly FoundOrphan[] {
  return findAbandonedSessions(roots).map(name => ({
    name: `what a killed build left, ${name}`,
    project: undefined,
    remove: () => removeRunSession(roots, name),
  }))
}

function networkOrphans(roots: Roots, isKnown: (object: NetworkObject) => boolean): readonly FoundOrphan[] {
  const tag = instanceTag(roots)
  const objects = [...listNetworkObjects({ tag, run: roots.run }).values()].flat()
  return objects
    .filter(object => !isOfSession(object) && !isKnown(object))
    .map(object => ({
      name: networkObjectName(object),
      project: object.project,
      remove: async () => removeNetworkObject(tag, object),
    }))
}

function isOfSession({ project }: { readonly project: string }): boolean {
  return sessionOfOwner(project) !== undefined
}

function networkObjectName(object: NetworkObject): string {
  switch (object.kind) {
    case 'bridge':
    case 'interface':
      return `interface ${object.name}`
    case 'netns':
      return `namespace ${object.path}`
    default:
      return `table ${object.project}`
  }
}

function cgroupOrphans(roots: Roots, isKnown: (found: FoundCgroup) => boolean): readonly FoundOrphan[] {
  const host = detectCgroups(path => readFileSync(path, 'utf8'))
  const tag = instanceTag(roots)
  return [...listCgroups(host, tag), ...listPlacedCgroups(host, tag)]
    .filter(found => !isOfSession(found) && !isKnown(found))
    .map(({ project, shortId: id, cgroup }) => ({
      name: `cgroup ${project}/${id}`,
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

function folderOrphans(
  roots: Roots,
  isKnown: (project: string, shortId: string) => boolean,
): readonly FoundOrphan[] {
  const containerFolders = namesIn(join(roots.data, 'projects')).flatMap(project =>
    [
      join(roots.data, 'projects', project, 'containers'),
      join(roots.run, 'projects', project, 'containers'),
    ].flatMap(folder =>
      namesIn(folder)
        .filter(id => !isKnown(project, id.slice(0, 12)))
        .map(id => ({ project, path: join(folder, id) })),
    ),
  )
  return containerFolders.map(({ project, path }) => ({
    name: `folder ${path}`,
    project,
    remove: () => removeTree(path),
  }))
}

/** What the records describe. */
class KnownObjects {
  readonly #roots: Roots
  readonly #projects = new Map<string, KnownProject | 'unreadable'>()

  constructor(roots: Roots) {
    this.#roots = roots
  }

  hasContainer(project: string, id: string): boolean {
    const known = this.#project(project)
    return known === 'unreadable' || known.containers.has(id)
  }

  hasNetworkObject(object: NetworkObject): boolean {
    const project = this.#project(object.project)
    if (project === 'unreadable') return true
    switch (object.kind) {
      case 'bridge':
        return project.interfaces.has(object.name)
      case 'interface':
        return project.interfaces.has(object.name) || project.withoutLiveRecord.has(object.container)
      case 'netns':
        return project.containers.has(basename(object.path))
      default:
        return project.interfaces.size > 0
    }
  }

  #project(name: string): KnownProject | 'unreadable' {
    const found = this.#projects.get(name) ?? this.#readIfReadable(parseProjectName(name))
    this.#projects.set(name, found)
    return found
  }

  #readIfReadable(name: ProjectName): KnownProject | 'unreadable' {
    return unlessUnreadable(() => this.#read(name)) ?? 'unreadable'
  }

  #read(name: ProjectName): KnownProject {
    const { containers, networks } = readProjectRecord(projectLayout(this.#roots, name).record, name)
    const bridges = [...networks.values()].flatMap(({ bridge }) => bridge ?? [])
    const interfaces = new Set(bridges)
    const withoutLiveRecord = new Set<string>()
    for (const id of containers.keys()) {
      const { live } = containerLayout(this.#roots, name, id)
      const record = readLiveRecord(live)
      for (const name of hostInterfacesOf(record)) interfaces.add(name)
      if (record === undefined && existsSync(live)) withoutLiveRecord.add(shortId(id))
    }
    return { containers: new Set([...containers.keys()].map(shortId)), interfaces, withoutLiveRecord }
  }
}

interface KnownProject {
  /** Short ids. */
  readonly containers: ReadonlySet<string>
  readonly interfaces: ReadonlySet<string>
  /** Short ids of the containers whose live record cannot be read: which interfaces are theirs is unknown. */
  readonly withoutLiveRecord: ReadonlySet<string>
}
