import { diskRefusal } from '../../../../base/disk-refusal.ts'
import { errnoNameOf } from '../../../../base/errno-name-of.ts'
import { cleanPath } from '../../../../base/patterns/clean-path.ts'
import { TcomposeError } from '../../../../base/tcompose-error.ts'
import { bytePath } from '../../../../disk/byte-path.ts'
import type { CopyOperation, CopySource } from '../../../../planner/build/build-graph.ts'
import type { KnownFiles } from '../../../../store/built/layer-tar.ts'
import type { LayerSize } from '../../../../store/built/walk-layer.ts'
import { archiveKind } from './archive-kind.ts'
import { asMkdir } from './as-mkdir.ts'
import { copyFolder } from './copy-folder.ts'
import { type CopyLayerRequest, type CopyStep, now, openCopyStep } from './copy-step.ts'
import { copyTarget, placeAt } from './copy-target.ts'
import { makeFolders, resolveLinks } from './destination-path.ts'
import type { SourceAccess } from './digest-sources.ts'
import { mtimeOf } from './mtime-of.ts'
import { type ResolvedSource, resolveSource } from './resolve-source.ts'
import { unpackArchive } from './unpack-archive.ts'

export type { CopyLayerRequest }

/** What there is to know of a layer that COPY or ADD made. */
export interface CopyLayerResult {
  /** Files that changed since they were hashed: a digest of the sources does not describe this layer then. */
  readonly changed: readonly string[]
  /** Files that are links to those of an earlier layer. */
  readonly known?: KnownFiles
  /** What was written; undefined if archives were unpacked. */
  readonly size?: LayerSize
}

/**
 * Carries COPY or ADD out as BuildKit 0.32 does: writes what it adds to the files of the stage into a folder, as a
 * layer.
 *
 * @throws {TcomposeError} `build-source` at the source that cannot be had or put where it belongs; `build-unsupported`
 * for names of owners where there are no files to look them up in.
 */
export async function makeCopyLayer(request: CopyLayerRequest): Promise<CopyLayerResult> {
  const step = await openCopyStep(request)
  await using _writing = step.writer
  let hasUnpacked = false
  for (const source of inOrder(request.operation.sources)) {
    try {
      if (await copySource(step, source, request.access)) hasUnpacked = true
    } catch (error) {
      throw copyError(error, source, request.operation)
    }
  }
  step.destination.finish()
  const { previous, writer } = step
  return {
    changed: writer.changed,
    ...(previous && { known: previous }),
    ...(hasUnpacked ? {} : { size: writer.size }),
  }
}

/** BuildKit copies here-documents after all else. */
function inOrder(sources: readonly CopySource[]): readonly CopySource[] {
  const inline = sources.filter(({ kind }) => kind === 'inline')
  return [...sources.filter(({ kind }) => kind !== 'inline'), ...inline]
}

/** Returns whether an archive was unpacked. */
async function copySource(step: CopyStep, source: CopySource, access: SourceAccess): Promise<boolean> {
  const { operation } = step
  if (source.kind === 'inline') return copyInline(step, source.name, source.content)
  if (source.kind === 'tree') {
    const found = resolveSource(await access.treeOf(source.from), source, operation)
    let hasUnpacked = false
    for (const one of found) {
      if (await copyFound(step, one, { unpacks: operation.unpacksLocal, copiesContents: true }))
        hasUnpacked = true
    }
    return hasUnpacked
  }
  const found = await access.remote.open(source)
  return await copyFound(step, found, { unpacks: operation.unpacksRemote, copiesContents: false })
}

/** BuildKit makes the file in an empty folder before it copies it. */
function copyInline(step: CopyStep, name: string, content: string): false {
  if (cleanPath(`/${name}`).lastIndexOf('/') > 0)
    throw new SyntaxError('the name of a here-document is that of its file, and cannot have a folder')
  const mtime = now()
  const target = copyTarget(step, { isFolder: false, name: bytePath(name), copiesContents: false, mtime })
  step.writer.writeContent(placeAt(step, target), Buffer.from(content), { mode: 0o644, mtime })
  return false
}

interface Manner {
  /** Archives are unpacked. */
  readonly unpacks: boolean
  readonly copiesContents: boolean
}

/** Returns whether it was unpacked. */
async function copyFound(step: CopyStep, found: ResolvedSource, manner: Manner): Promise<boolean> {
  const { tree, entry, name } = found
  if (manner.unpacks && (await unpack(step, found))) return true
  const isFolder = entry.kind === 'folder'
  const mtime = mtimeOf(tree, entry)
  const target = copyTarget(step, { isFolder, name, copiesContents: manner.copiesContents, mtime })
  if (isFolder) await copyFolder(step, found, target)
  else {
    await step.writer.write(placeAt(step, target), { tree, entry, links: new Map() })
    await step.writer.flush()
  }
  return false
}

/** Unpacks `found` into the destination, which is a folder then, and returns whether it is an archive. */
async function unpack(step: CopyStep, { tree, entry }: ResolvedSource): Promise<boolean> {
  if (entry.kind !== 'file') return false
  const file = tree.hostPathOf(entry)
  const kind = await archiveKind(file)
  if (kind === undefined) return false
  const { destination, operation, owner, made, pace } = step
  const path = resolveLinks(destination, bytePath(operation.destination))
  const own = { ...made, mode: 0o755, mtime: mtimeOf(tree, entry) }
  const isOwned = operation.chown !== undefined
  const folder = makeFolders(destination, path, parent => asMkdir(own, parent, isOwned))
  await unpackArchive({ file, kind, folder, owner, pace })
  return true
}

/** Returns what went wrong, with the place of the source. */
function copyError(error: unknown, source: CopySource, { destination }: CopyOperation): unknown {
  if (error instanceof TcomposeError) return error
  const refusal = diskRefusal(error)
  const errno = errnoNameOf(error)
  const reason = error instanceof SyntaxError ? error.message : errno
  if (refusal !== undefined || reason === undefined || errno === 'ABORT_ERR') return refusal ?? error
  return new TcomposeError(
    'build-source',
    `Cannot copy "${labelOf(source)}" to "${destination}": ${reason}`,
    {
      span: source.span,
      hint:
        error instanceof SyntaxError
          ? 'Choose another destination, or correct what is there or what is copied'
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
