import { type BytePath, bytePath } from '../../../../disk/byte-path.ts'
import type { LayerIndex, LayerIndexEntry } from '../../../../store/built/layer-index.ts'
import type { BuildLayer } from '../build-layer.ts'
import { pathBelow, type SourceEntry, type SourceTree } from './source-tree.ts'

/**
 * Opens the files of an image, or of a step, by the indexes of their layers: no layer is looked at.
 *
 * @param layers The lowest first; none are the files of `scratch`.
 */
export async function openLayersTree(layers: readonly BuildLayer[]): Promise<SourceTree> {
  const indexes = await Promise.all(layers.map(layer => layer.index()))
  const parts = layers.map((layer, index) => ({ layer, ...lookupOf(indexes[index] ?? []) }))
  return new LayersTree(parts.toReversed())
}

/** A layer by paths and by folders. */
interface IndexLookup {
  readonly byPath: ReadonlyMap<BytePath, LayerIndexEntry>
  readonly names: ReadonlyMap<BytePath, readonly BytePath[]>
}

const lookups = new WeakMap<LayerIndex, IndexLookup>()

/** An index is looked up in for as long as something holds it. */
function lookupOf(index: LayerIndex): IndexLookup {
  const known = lookups.get(index)
  if (known !== undefined) return known
  const byPath = new Map<BytePath, LayerIndexEntry>()
  const names = new Map<BytePath, BytePath[]>()
  for (const entry of index) {
    byPath.set(entry.path, entry)
    const slash = entry.path.lastIndexOf('/')
    const folder = entry.path.slice(0, Math.max(0, slash))
    const inFolder = names.get(folder)
    if (inFolder === undefined) names.set(folder, [entry.path.slice(slash + 1)])
    else inFolder.push(entry.path.slice(slash + 1))
  }
  const lookup = { byPath, names }
  lookups.set(index, lookup)
  return lookup
}

interface LayerPart extends IndexLookup {
  readonly layer: BuildLayer
}

/** Something in the topmost layer that has it. */
interface LayersEntry extends SourceEntry {
  readonly layer: BuildLayer | undefined
  readonly sha256: string | undefined
  /** For a folder: the layers that make it up, the topmost first. */
  readonly parts: readonly LayerPart[]
}

class LayersTree implements SourceTree {
  readonly root: SourceEntry
  readonly #entries = new Map<BytePath, LayersEntry | undefined>()

  /** @param parts The topmost first. */
  constructor(parts: readonly LayerPart[]) {
    const root: LayersEntry = { ...PLAIN_FOLDER, layer: parts[0]?.layer, parts }
    this.#entries.set('', root)
    this.root = root
  }

  child(folder: SourceEntry, name: BytePath): SourceEntry | undefined {
    const path = pathBelow(folder.path, name)
    const known = this.#entries.get(path)
    if (known !== undefined || this.#entries.has(path)) return known
    const found = topmost(this.#own(folder).parts, path)
    this.#entries.set(path, found)
    return found
  }

  children(folder: SourceEntry): readonly SourceEntry[] {
    const names = new Set(this.#own(folder).parts.flatMap(part => part.names.get(folder.path) ?? []))
    return [...names].sort().flatMap(name => this.child(folder, name) ?? [])
  }

  sha256Of(file: SourceEntry): string {
    const { sha256 } = this.#own(file)
    if (sha256 === undefined) throw new Error(`The index has no hash of ${file.path}`)
    return sha256
  }

  /** The index has all hashes. */
  async load(): Promise<void> {}

  /** Looks up where the layer is now: it is moved when it is complete. */
  hostPathOf(entry: SourceEntry): BytePath {
    const folder = bytePath(this.#own(entry).layer?.folder ?? '')
    return entry.path === '' ? folder : `${folder}/${entry.path}`
  }

  factsOf(): undefined {
    return undefined
  }

  /** Layers do not change. */
  isUnchanged(): boolean {
    return true
  }

  reasonForAbsence(): undefined {
    return undefined
  }

  #own(entry: SourceEntry): LayersEntry {
    const own = this.#entries.get(entry.path)
    if (own === undefined) throw new Error(`${entry.path} is of another tree`)
    return own
  }
}

const PLAIN_FOLDER = {
  path: '',
  kind: 'folder',
  mode: 0o755,
  uid: 0,
  gid: 0,
  size: 0,
  target: undefined,
  device: undefined,
  xattrs: [],
  sha256: undefined,
} as const

/**
 * Looks from the topmost layer down, until one ends the search: by a whiteout, by anything but a folder, or as opaque.
 */
function topmost(parts: readonly LayerPart[], path: BytePath): LayersEntry | undefined {
  let top: { readonly entry: LayerIndexEntry; readonly layer: BuildLayer } | undefined
  const folders: LayerPart[] = []
  for (const part of parts) {
    const entry = part.byPath.get(path)
    if (entry === undefined) continue
    if (entry.kind === 'whiteout') break
    top ??= { entry, layer: part.layer }
    if (entry.kind !== 'folder') break
    folders.push(part)
    if (entry.isOpaque === true) break
  }
  return top === undefined ? undefined : toEntry(top.entry, top.layer, folders)
}

function toEntry(
  entry: LayerIndexEntry,
  layer: BuildLayer,
  folders: readonly LayerPart[],
): LayersEntry | undefined {
  const { path, kind, mode, uid, gid, size, sha256, target, device, xattrs = [] } = entry
  if (kind === 'whiteout') return undefined
  const parts = kind === 'folder' ? folders : []
  return { path, kind, mode, uid, gid, size, sha256, target, device, xattrs, layer, parts }
}
