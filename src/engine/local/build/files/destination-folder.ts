import { constants, copyFileSync, mkdirSync, symlinkSync, unlinkSync } from 'node:fs'
import { errnoNameOf } from '../../../../base/errno-name-of.ts'
import { type BytePath, bytePath, nativePath } from '../../../../disk/byte-path.ts'
import { makeNode, OPAQUE_XATTR, setXattr, splitDevice } from '../../../../disk/inode.ts'
import { childOf, type LayeredTree, linkTarget, type TreeEntry } from '../../../../disk/layered-tree.ts'
import { removeTreeSync } from '../../../../disk/remove-tree.ts'
import { applyAttributes } from './apply-attributes.ts'
import type { FileAttributes } from './file-attributes.ts'
import { imageXattrs } from './image-xattrs.ts'
import { pathBelow } from './source-tree.ts'

/** Something that is no folder. */
export interface DestinationLeaf {
  readonly kind: 'leaf'
  /** Of a link. */
  readonly target: BytePath | undefined
  /** Where it is on the host, if it is not in the layer. */
  readonly lower: TreeEntry | undefined
}

/**
 * Opens the files of a stage for a step that puts a layer on top of them. The layer is a folder that is written to at
 * once, in the form that overlayfs mounts; a folder of lower layers is in it only if something is put into it or its
 * attributes change, and is then what it is below.
 *
 * @param layer An empty folder.
 * @param parent The files below; undefined where there are none, or where they do not matter.
 * @param like The files whose root says what the layer's own folder is like.
 */
export function openDestination(
  layer: string,
  parent: LayeredTree | undefined,
  like: LayeredTree | undefined = parent,
): DestinationFolder {
  const root = new DestinationFolder({
    layer: bytePath(layer),
    path: '',
    above: undefined,
    lower: parent?.lookup('/'),
  })
  const model = like?.lookup('/')
  if (model !== undefined) root.setAttributes(attributesOf(model))
  return root
}

interface FolderPlace {
  readonly layer: BytePath
  /** Relative to the layer. */
  readonly path: BytePath
  readonly above: DestinationFolder | undefined
  /** The same folder of the files below. */
  readonly lower: TreeEntry | undefined
  /** Hides what lower layers have in the folder. */
  readonly isOpaque?: boolean
}

/** A folder of the files, in the layer or only below it. */
export class DestinationFolder {
  readonly kind = 'folder'
  readonly path: BytePath
  readonly #layer: BytePath
  readonly #above: DestinationFolder | undefined
  readonly #lower: TreeEntry | undefined
  readonly #children = new Map<BytePath, DestinationFolder | DestinationLeaf | undefined>()
  /** Names at which a folder of lower layers was taken away. */
  readonly #hidden = new Set<BytePath>()
  #isInLayer: boolean
  readonly #isOpaque: boolean
  #attributes: FileAttributes | undefined

  constructor({ layer, path, above, lower, isOpaque = false }: FolderPlace) {
    this.#layer = layer
    this.path = path
    this.#above = above
    this.#lower = lower
    this.#isOpaque = isOpaque
    // The layer's own folder is made by others.
    this.#isInLayer = above === undefined
  }

  /** The folder itself, on the host; it exists if the folder is in the layer. */
  get hostPath(): BytePath {
    return this.path === '' ? this.#layer : `${this.#layer}/${this.path}`
  }

  /** What the folder is to be like. */
  get attributes(): FileAttributes {
    this.#attributes ??= this.#lower === undefined ? PLAIN_ROOT : attributesOf(this.#lower)
    return this.#attributes
  }

  /** Changes what the folder is like. */
  setAttributes(attributes: FileAttributes): void {
    this.enterLayer()
    this.#attributes = attributes
  }

  /** Returns what has `name` in the folder, links not followed. */
  child(name: BytePath): DestinationFolder | DestinationLeaf | undefined {
    const known = this.#children.get(name)
    if (known !== undefined || this.#lower === undefined || this.#children.has(name)) return known
    const found = this.#find(this.#lower, name)
    this.#children.set(name, found)
    return found
  }

  /** Makes a folder where nothing is. */
  makeFolder(name: BytePath, attributes: FileAttributes): DestinationFolder {
    const isOpaque = this.#hidden.has(name)
    const folder = new DestinationFolder({ ...this.#placeOf(name), lower: undefined, isOpaque })
    folder.setAttributes(attributes)
    this.#children.set(name, folder)
    return folder
  }

  /** Takes away what is at `name`, so that something else can be made there at once: nothing hides what was below. */
  clear(name: BytePath): void {
    const found = this.child(name)
    if (found?.kind === 'folder') this.#remove(name, found)
    else if (found !== undefined) unlinkIfPresent(`${this.hostPath}/${name}`)
    if (found !== undefined) this.#children.set(name, undefined)
  }

  /**
   * Takes away what is at `name`, so that something that is no folder can be made there.
   *
   * @param target Of the link that is made there.
   * @returns Where on the host.
   */
  replace(name: BytePath, target?: BytePath): BytePath {
    this.enterLayer()
    this.clear(name)
    this.#children.set(name, target === undefined ? PLAIN_LEAF : { kind: 'leaf', target, lower: undefined })
    return `${this.hostPath}/${name}`
  }

  /** Makes what is at `name`, which is no folder, part of the layer as it is. */
  copyUp(name: BytePath): void {
    const found = this.child(name)
    if (found?.kind !== 'leaf' || found.lower === undefined) return
    const { hostPath, stats } = found.lower
    const copy = this.replace(name, found.target)
    if (found.target !== undefined) symlinkSync(nativePath(found.target), nativePath(copy))
    else if (stats.isFile()) copyFileSync(nativePath(hostPath), nativePath(copy), constants.COPYFILE_FICLONE)
    else makeNode(copy, { mode: Number(stats.mode), ...splitDevice(Number(stats.rdev)) })
    applyAttributes(copy, attributesOf(found.lower), found.target !== undefined)
  }

  /** Gives this folder and those in it their attributes, when nothing is put into them any more. */
  finish(): void {
    if (!this.#isInLayer) return
    for (const child of this.#children.values()) if (child?.kind === 'folder') child.finish()
    if (this.#isOpaque) setXattr(this.hostPath, OPAQUE_XATTR, Buffer.from('y'))
    applyAttributes(this.hostPath, this.attributes, false)
  }

  /** Makes the folder part of the layer. */
  enterLayer(): void {
    if (this.#isInLayer) return
    this.#above?.enterLayer()
    mkdirSync(nativePath(this.hostPath), { mode: 0o700 })
    this.#isInLayer = true
  }

  #find(folder: TreeEntry, name: BytePath): DestinationFolder | DestinationLeaf | undefined {
    const lower = childOf(folder, name)
    if (lower === undefined) return undefined
    if (lower.stats.isDirectory()) return new DestinationFolder({ ...this.#placeOf(name), lower })
    return { kind: 'leaf', target: linkTarget(lower), lower }
  }

  #placeOf(name: BytePath): Pick<FolderPlace, 'layer' | 'path' | 'above'> {
    return { layer: this.#layer, path: pathBelow(this.path, name), above: this }
  }

  #remove(name: BytePath, folder: DestinationFolder): void {
    if (folder.#lower !== undefined || folder.#isOpaque) this.#hidden.add(name)
    if (folder.#isInLayer) removeTreeSync(folder.hostPath)
  }
}

/** Something in the layer that is no link. */
const PLAIN_LEAF: DestinationLeaf = { kind: 'leaf', target: undefined, lower: undefined }

/** What the root is like where there are no files below. */
const PLAIN_ROOT: FileAttributes = { mode: 0o755, uid: 0, gid: 0, mtime: 0n, xattrs: [] }

function attributesOf({ hostPath, stats }: TreeEntry): FileAttributes {
  return {
    mode: Number(stats.mode) & 0o7777,
    uid: Number(stats.uid),
    gid: Number(stats.gid),
    mtime: stats.mtimeNs,
    xattrs: imageXattrs(hostPath === '' ? '/' : hostPath),
  }
}

function unlinkIfPresent(hostPath: BytePath): void {
  try {
    unlinkSync(nativePath(hostPath))
  } catch (error) {
    if (!['ENOENT', 'ENOTDIR'].includes(errnoNameOf(error) ?? '')) throw error
  }
}
