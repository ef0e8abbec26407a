import { type BytePath, displayPath } from '../../../../disk/byte-path.ts'
import { copiedXattrs } from './copied-xattrs.ts'
import type { CopyStep } from './copy-step.ts'
import { folderOf, placeAt } from './copy-target.ts'
import type { DestinationFolder } from './destination-folder.ts'
import { findAt } from './destination-path.ts'
import type { FileAttributes } from './file-attributes.ts'
import type { LeafPlace, LinkTable } from './leaf-writer.ts'
import { mtimeOf } from './mtime-of.ts'
import type { ResolvedSource } from './resolve-source.ts'
import { selectedEntries } from './selected-entries.ts'
import { nameOf, pathBelow, type SourceEntry, type SourceTree } from './source-tree.ts'

/**
 * Copies what is in a folder to what is at `path`, which keeps its attributes, but not its time; the folder itself
 * where nothing is. Hard links in it stay.
 *
 * @throws {SyntaxError} If a folder would replace something else, or the other way round.
 */
export async function copyFolder(step: CopyStep, found: ResolvedSource, path: BytePath): Promise<void> {
  const { tree, entry } = found
  const links: LinkTable = new Map()
  const attributes = attributesOf(step, tree, entry)
  const top = folderAt(step, path, attributes)
  const folders = new Map<BytePath, DestinationFolder>([['', top]])
  for (const { entry: inner, path: below, isImplied } of selectedEntries(found)) {
    const place = { folder: folders.get(folderOf(below)) ?? top, name: nameOf(inner) }
    if (inner.kind === 'folder')
      folders.set(below, mergeFolder(step, place, { tree, entry: inner, isImplied }))
    else {
      const writing = step.writer.write(place, { tree, entry: inner, links })
      if (writing !== undefined) await writing
    }
    if (step.pace.step()) await step.pace.rest()
  }
  await step.writer.flush()
  top.setAttributes({ ...top.attributes, mtime: attributes.mtime })
}

function folderAt(step: CopyStep, path: BytePath, attributes: FileAttributes): DestinationFolder {
  const there = findAt(step.destination, path)
  if (there !== undefined) return requireFolder(there, path)
  const { folder, name } = placeAt(step, path)
  return folder.makeFolder(name, attributes)
}

interface FolderSource {
  readonly tree: SourceTree
  readonly entry: SourceEntry
  readonly isImplied: boolean
}

/** A folder that is there takes the attributes of the original; one that is only on the way takes its mode. */
function mergeFolder(step: CopyStep, { folder, name }: LeafPlace, source: FolderSource): DestinationFolder {
  const attributes = attributesOf(step, source.tree, source.entry)
  const there = folder.child(name)
  if (there === undefined) return folder.makeFolder(name, attributes)
  const merged = requireFolder(there, pathBelow(folder.path, name))
  const own = merged.attributes
  if (source.isImplied) merged.setAttributes({ ...own, mode: source.entry.mode })
  else merged.setAttributes({ ...attributes, xattrs: joinXattrs(own.xattrs, attributes.xattrs) })
  return merged
}

function requireFolder(there: NonNullable<ReturnType<typeof findAt>>, path: BytePath): DestinationFolder {
  if (there.kind === 'folder') return there
  throw new SyntaxError(`"/${displayPath(path)}" is a file, expected a folder or nothing`)
}

function joinXattrs(
  own: FileAttributes['xattrs'],
  added: FileAttributes['xattrs'],
): FileAttributes['xattrs'] {
  return own.length === 0 ? added : [...new Map([...own, ...added])]
}

function attributesOf({ owner, chmod }: CopyStep, tree: SourceTree, entry: SourceEntry): FileAttributes {
  const { uid, gid, mode, xattrs } = entry
  return {
    mode: chmod?.change(mode, true) ?? mode,
    ...(owner ?? { uid, gid }),
    mtime: mtimeOf(tree, entry),
    xattrs: copiedXattrs(xattrs),
  }
}
