import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { parseAbsolutePath } from '../../../../base/absolute-path.ts'
import { assertNever } from '../../../../base/assert-never.ts'
import { TcomposeError } from '../../../../base/tcompose-error.ts'
import { bytePath, displayPath } from '../../../../disk/byte-path.ts'
import { LayeredTree, pathInLayer, type TreeEntry } from '../../../../disk/layered-tree.ts'
import type { RunMount, TreeRef } from '../../../../planner/build/build-graph.ts'
import { emptyLayer } from '../../../../store/layers/layer-store.ts'
import { hostMount } from '../../mount/host-mount.ts'
import type { ResolvedMount } from '../../mount/resolved-mount.ts'
import { copyAttributes, copyEntry } from '../../volume/copy-entry.ts'
import type { MountPlace } from './mount-place.ts'
import type { MountSource } from './run-request.ts'
import { throwAwayLayer } from './throw-away-layer.ts'

type BindMount = Extract<RunMount, { kind: 'bind' }>

/**
 * Returns the mount of files of the build. What is written to it is seen by its step alone, and by nobody afterwards.
 *
 * @throws {TcomposeError} `build-source` if there is nothing at the path, or neither a file nor a folder.
 */
export function bindMount(mount: BindMount, source: MountSource, place: MountPlace): ResolvedMount {
  const entry = findSource(mount, source, place)
  if (!entry.stats.isDirectory()) return fileMount(mount, entry, place)
  if (mount.isWritable) return overlayMount(mount, entry, place)
  return source.layers.length === 1 ? folderMount(mount, entry) : overlayMount(mount, entry, place)
}

/**
 * Returns what is at the source of a mount, links on the way followed.
 *
 * @throws {TcomposeError} `build-source` if there is nothing, or neither a file nor a folder.
 */
export function findSource(
  {
    source: path,
    from,
    target,
    span,
  }: Pick<BindMount, 'source' | 'target' | 'span'> & { readonly from: TreeRef },
  { layers }: MountSource,
  { roots }: Pick<MountPlace, 'roots'>,
): TreeEntry {
  const entry = treeOf(layers.length === 0 ? [emptyLayer(roots)] : layers).lookup(path)
  if (entry?.stats.isDirectory() === true || entry?.stats.isFile() === true) return entry
  const state = entry === undefined ? 'it does not exist' : 'it is neither a file nor a folder'
  throw new TcomposeError(
    'build-source',
    `Cannot mount "${path}" of ${nameOf(from)} at ${target}: ${state}`,
    { span, hint: 'Correct the source of the mount, or what it is from' },
  )
}

function nameOf(from: TreeRef): string {
  switch (from.kind) {
    case 'scratch':
      return 'an empty image'
    case 'step':
      return 'the stage'
    case 'image':
      return `image "${from.image}"`
    case 'context':
      return from.name === '' ? 'the build context' : `build context "${from.name}"`
    default:
      return assertNever(from)
  }
}

function fileMount(mount: BindMount, entry: TreeEntry, place: MountPlace): ResolvedMount {
  const { isWritable, target } = mount
  const path = isWritable ? copyOf(entry, place) : displayPath(entry.layer) || '/'
  return hostMount({
    path,
    subpath: isWritable ? undefined : displayPath(pathInLayer(entry)) || undefined,
    isFile: true,
    target,
    readOnly: !isWritable,
    recursive: false,
    label: labelOf(mount),
  })
}

function copyOf(entry: TreeEntry, { folder }: MountPlace): string {
  mkdirSync(folder, { mode: 0o700 })
  const copy = join(folder, 'file')
  for (const _ of copyEntry(entry, bytePath(copy), new Map()));
  return copy
}

function folderMount(mount: BindMount, entry: TreeEntry): ResolvedMount {
  return hostMount({
    path: displayPath(entry.layer) || '/',
    subpath: displayPath(pathInLayer(entry)) || undefined,
    isFile: false,
    target: mount.target,
    readOnly: true,
    recursive: true,
    label: labelOf(mount),
  })
}

/** What a layer removes is no file, and overlayfs alone hides it. Without a writable layer it wants two folders. */
function overlayMount(mount: BindMount, entry: TreeEntry, { roots, folder }: MountPlace): ResolvedMount {
  const own = entry.folders.map(({ hostPath }) => displayPath(hostPath)).toReversed()
  const writable = mount.isWritable ? throwAwayLayer(folder) : undefined
  if (writable !== undefined) copyAttributes(entry, bytePath(writable.upper))
  return {
    mount: { destination: mount.target, type: 'overlay', source: 'overlay', options: [] },
    extras: {
      label: labelOf(mount),
      origin: undefined,
      files: {
        kind: 'layers',
        image: mount.source,
        folders: own.length === 1 && writable === undefined ? [emptyLayer(roots), ...own] : own,
        ...(writable !== undefined && { writable }),
      },
    },
  }
}

function labelOf({ source, from }: BindMount): string {
  return `"${source}" of ${nameOf(from)}`
}

function treeOf(layers: readonly string[]): LayeredTree {
  return new LayeredTree(layers.map(parseAbsolutePath))
}
