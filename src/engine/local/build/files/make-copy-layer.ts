import { lstatSync } from 'node:fs'
import { parseAbsolutePath } from '../../../../base/absolute-path.ts'
import { diskRefusal } from '../../../../base/disk-refusal.ts'
import { errnoNameOf } from '../../../../base/errno-name-of.ts'
import { cleanPath } from '../../../../base/patterns/clean-path.ts'
import type { SourceSpan } from '../../../../base/source-span.ts'
import { TcomposeError } from '../../../../base/tcompose-error.ts'
import { type BytePath, bytePath, displayPath, nativePath } from '../../../../disk/byte-path.ts'
import { LayeredTree } from '../../../../disk/layered-tree.ts'
import type { CopyOperation, CopySource } from '../../../../planner/build/build-graph.ts'
import type { BuildLayer } from '../build-layer.ts'
import { type DestinationFolder, type FolderAttributes, openDestination } from './destination-folder.ts'
import { findAt, makeFolders, resolveLinks } from './destination-path.ts'
import type { SourceAccess } from './digest-sources.ts'
import { LeafWriter, type LinkTable } from './leaf-writer.ts'
import { Pace } from './pace.ts'
import { type Chmod, parseChmod } from './parse-chmod.ts'
import { PreviousLayer } from './previous-layer.ts'
import { type Owner, resolveOwner } from './resolve-owner.ts'
import { type ResolvedSource, resolveSource } from './resolve-source.ts'
import { selectedEntries } from './selected-entries.ts'
import { nameOf, pathBelow, type SourceEntry, type SourceTree } from './source-tree.ts'

export interface CopyLayerRequest {
  readonly operation: CopyOperation
  /** The files that the layer is put on, the lowest first. */
  readonly parent: readonly BuildLayer[]
  readonly access: SourceAccess
  /** An empty folder, which becomes the layer. */
  readonly folder: string
  /** What an earlier run of this step made: files that did not change become links to its. */
  readonly previous?: BuildLayer
  readonly onWarning?: (message: string, span: SourceSpan) => void
}

export interface CopyLayerResult {
  /** Files that changed since they were hashed: a digest of the sources does not describe this layer then. */
  readonly changed: readonly string[]
}

/**
 * Carries COPY or ADD out as BuildKit 0.32 does: writes what it adds to the files of the stage into a folder, as a layer.
 *
 * @throws {TcomposeError} `build-source` at the source that cannot be had or put where it belongs; `build-unsupported` for
 * names of owners where there are no files to look them up in.
 */
export async function makeCopyLayer(request: CopyLayerRequest): Promise<CopyLayerResult> {
  const { operation, access } = request
  const copy = await openCopy(request)
  const inline = operation.sources.filter(source => source.kind === 'inline')
  // BuildKit copies here-documents after all else.
  for (const source of [...operation.sources.filter(({ kind }) => kind !== 'inline'), ...inline]) {
    try {
      await copySource(copy, source, access)
    } catch (error) {
      throw copyError(error, source, operation)
    }
  }
  copy.destination.finish()
  return { changed: copy.writer.changed }
}

interface Copy {
  readonly operation: CopyOperation
  /** The root of the files. */
  readonly destination: DestinationFolder
  readonly writer: LeafWriter
  readonly owner: Owner | undefined
  readonly chmod: Chmod | undefined
  /** What folders on the way are like. */
  readonly made: FolderAttributes
  readonly pace: Pace
}

async function openCopy(request: CopyLayerRequest): Promise<Copy> {
  const { operation, parent, folder } = request
  const span = operation.sources[0]?.span
  const chmod = operation.chmod === undefined ? undefined : chmodOf(operation.chmod, span)
  // With --chmod, BuildKit puts the files on those of the stage after all.
  const isApart = operation.isLink && chmod === undefined
  const files = isApart || parent.length === 0 ? undefined : treeOf(parent)
  const owner = ownerOf(request, files, span)
  const previous = request.previous === undefined ? undefined : await PreviousLayer.open(request.previous)
  return {
    operation,
    destination: openDestination(folder, files),
    writer: new LeafWriter({ layer: folder, owner, changeMode: chmod?.change, previous }),
    owner,
    chmod,
    made: { mode: chmod?.folderMode ?? 0o755, uid: 0, gid: 0, ...owner, mtime: now(), xattrs: [] },
    pace: new Pace(request.access.signal),
  }
}

/** Returns the files of `layers`, of which there are some, the lowest first. */
export function treeOf(layers: readonly BuildLayer[]): LayeredTree {
  return new LayeredTree(layers.map(layer => parseAbsolutePath(layer.folder)))
}

/** Returns nanoseconds since the epoch. */
export function now(): bigint {
  return BigInt(Date.now()) * 1_000_000n
}

function chmodOf(text: string, span: SourceSpan | undefined): Chmod {
  const chmod = parseChmod(text)
  if (chmod !== undefined) return chmod
  throw new TcomposeError('build-source', `Cannot use "--chmod=${text}": it is no mode`, {
    ...(span !== undefined && { span }),
    hint: 'Write octal digits such as 755, or changes such as "u=rwX,go=rX"',
  })
}

function ownerOf(
  { operation, onWarning }: CopyLayerRequest,
  files: LayeredTree | undefined,
  span: SourceSpan | undefined,
): Owner | undefined {
  if (operation.chown === undefined) return undefined
  const { uid, gid, unknown } = resolveOwner(operation.chown, files)
  if (unknown.length > 0 && files === undefined) throw nobodyToAsk(operation, unknown.join(' and '), span)
  for (const name of unknown) {
    if (span !== undefined)
      onWarning?.(`"--chown=${operation.chown}" is taken for 0: the stage has no ${name}`, span)
  }
  return { uid, gid }
}

function nobodyToAsk(
  { chown, isLink }: CopyOperation,
  names: string,
  span: SourceSpan | undefined,
): TcomposeError {
  const reason = isLink ? '"--link" does not look at the files of the stage' : 'the stage has no files'
  return new TcomposeError(
    'build-unsupported',
    `Cannot use "--chown=${chown}": ${reason}, so ${names} is unknown`,
    {
      ...(span !== undefined && { span }),
      hint: 'Write numbers, e.g. "--chown=1000:1000"',
    },
  )
}

async function copySource(copy: Copy, source: CopySource, access: SourceAccess): Promise<void> {
  if (source.kind === 'inline') return copyInline(copy, source.name, source.content)
  const isRemote = source.kind !== 'tree'
  const found = isRemote
    ? [await access.remote.open(source)]
    : resolveSource(await access.treeOf(source.from), source, copy.operation)
  for (const one of found) await copyFound(copy, one, !isRemote)
}

function copyInline(copy: Copy, name: string, content: string): void {
  const target = targetOf(copy, { isFolder: false, name: bytePath(name), copiesContents: false })
  const { folder, name: own } = placeAt(copy, target.path)
  copy.writer.writeContent({ folder, name: own }, Buffer.from(content), { mode: 0o644, mtime: now() })
}

async function copyFound(copy: Copy, found: ResolvedSource, copiesContents: boolean): Promise<void> {
  const { tree, entry, name } = found
  const links: LinkTable = new Map()
  const isFolder = entry.kind === 'folder'
  const target = targetOf(copy, { isFolder, name, copiesContents })
  if (isFolder) return await copyFolder(copy, found, { links, ...target })
  copy.writer.write(placeAt(copy, target.path), { tree, entry, links })
}

interface TargetQuestion {
  readonly isFolder: boolean
  readonly name: BytePath
  /** Of a folder, what is in it is copied, not the folder. */
  readonly copiesContents: boolean
}

interface Target {
  /** Without links. */
  readonly path: BytePath
  /** Whether a folder was there, or was made for what is put into it. */
  readonly exists: boolean
}

/** Finds where something goes, and makes the folders on the way. */
function targetOf({ destination, operation, made }: Copy, question: TargetQuestion): Target {
  const { isFolder, name, copiesContents } = question
  const wanted = operation.destination
  const ensured = /(^|\/)\.?$/.test(wanted) ? wanted : wanted.slice(0, wanted.lastIndexOf('/') + 1)
  makeFolders(destination, resolveLinks(destination, bytePath(ensured)), made)
  const path = resolveLinks(destination, bytePath(cleanPath(wanted)))
  const there = findAt(destination, path)
  if (isFolder && copiesContents) {
    if (there?.kind !== 'leaf') makeFolders(destination, path, made)
    return { path, exists: true }
  }
  const isInside = isFolder ? there !== undefined : there?.kind === 'folder'
  const target = isInside && name !== '' ? pathBelow(path, name) : path
  makeFolders(destination, folderOf(target), made)
  return { path: target, exists: isInside && name === '' }
}

function placeAt(
  { destination, made }: Copy,
  path: BytePath,
): { readonly folder: DestinationFolder; readonly name: BytePath } {
  return {
    folder: makeFolders(destination, folderOf(path), made),
    name: path.slice(path.lastIndexOf('/') + 1),
  }
}

function folderOf(path: BytePath): BytePath {
  return path.slice(0, Math.max(0, path.lastIndexOf('/')))
}

/** Merges a folder with what is at its target. That keeps its attributes, but not its time. */
async function copyFolder(
  copy: Copy,
  found: ResolvedSource,
  { path, exists, links }: Target & { readonly links: LinkTable },
): Promise<void> {
  const { tree, entry } = found
  const attributes = attributesOf(copy, tree, entry)
  const top = exists || path === '' ? requireFolder(copy, path) : makeAt(copy, path, attributes)
  const folders = new Map<BytePath, DestinationFolder>([['', top]])
  for (const { entry: inner, path: place, isImplied } of selectedEntries(found)) {
    const folder = folders.get(folderOf(place)) ?? top
    const name = nameOf(inner)
    if (inner.kind !== 'folder') copy.writer.write({ folder, name }, { tree, entry: inner, links })
    else folders.set(place, mergeFolder(copy, { folder, name }, { tree, entry: inner, isImplied }))
    if (copy.pace.isDue) await copy.pace.rest()
  }
  top.setAttributes({ ...top.attributes, mtime: attributes.mtime })
}

function requireFolder({ destination }: Copy, path: BytePath): DestinationFolder {
  const found = findAt(destination, path)
  if (found?.kind === 'folder') return found
  throw new SyntaxError(`"/${displayPath(path)}" is a file, expected a folder or nothing`)
}

function makeAt(copy: Copy, path: BytePath, attributes: FolderAttributes): DestinationFolder {
  const { folder, name } = placeAt(copy, path)
  const there = folder.child(name)
  if (there !== undefined) return requireFolder(copy, path)
  return folder.makeFolder(name, attributes)
}

/** A folder that is there takes the attributes of the original; one that is only on the way takes its mode. */
function mergeFolder(
  copy: Copy,
  { folder, name }: { readonly folder: DestinationFolder; readonly name: BytePath },
  {
    tree,
    entry,
    isImplied,
  }: { readonly tree: SourceTree; readonly entry: SourceEntry; readonly isImplied: boolean },
): DestinationFolder {
  const attributes = attributesOf(copy, tree, entry)
  const there = folder.child(name)
  if (there === undefined) return folder.makeFolder(name, attributes)
  const merged = requireFolder(copy, pathBelow(folder.path, name))
  if (isImplied) merged.setAttributes({ ...merged.attributes, mode: entry.mode })
  else
    merged.setAttributes({ ...attributes, xattrs: joinXattrs(merged.attributes.xattrs, attributes.xattrs) })
  return merged
}

function joinXattrs(
  lower: FolderAttributes['xattrs'],
  upper: FolderAttributes['xattrs'],
): FolderAttributes['xattrs'] {
  return lower.length === 0 ? upper : [...new Map([...lower, ...upper])]
}

function attributesOf({ owner, chmod }: Copy, tree: SourceTree, entry: SourceEntry): FolderAttributes {
  const { uid, gid, mode, xattrs } = entry
  const hostPath = tree.hostPathOf(entry)
  const mtime = hostPath === '' ? now() : lstatSync(nativePath(hostPath), { bigint: true }).mtimeNs
  return { mode: chmod?.change(mode, true) ?? mode, ...(owner ?? { uid, gid }), mtime, xattrs }
}

/** Returns what went wrong with the place of its source. */
function copyError(error: unknown, source: CopySource, { destination }: CopyOperation): unknown {
  const refusal = diskRefusal(error)
  if (error instanceof TcomposeError || refusal !== undefined) return refusal ?? error
  const errno = errnoNameOf(error)
  const reason = error instanceof SyntaxError ? error.message : errno
  if (reason === undefined || errno === 'ABORT_ERR') return error
  return new TcomposeError(
    'build-source',
    `Cannot copy "${labelOf(source)}" to "${destination}": ${reason}`,
    {
      span: source.span,
      hint:
        error instanceof SyntaxError
          ? 'Choose another destination, or remove what is there in an earlier step'
          : 'Build again: the file was removed or replaced while it was read, or the disk is damaged',
      cause: error,
    },
  )
}

function labelOf(source: CopySource): string {
  switch (source.kind) {
    case 'tree':
      return source.path
    case 'inline':
      return source.name
    case 'url':
    case 'git':
      return source.url
  }
}
