import { parseAbsolutePath } from '../../../../base/absolute-path.ts'
import type { SourceSpan } from '../../../../base/source-span.ts'
import { TcomposeError } from '../../../../base/tcompose-error.ts'
import { LayeredTree } from '../../../../disk/layered-tree.ts'
import type { CopyOperation } from '../../../../planner/build/build-graph.ts'
import type { BuildLayer } from '../build-layer.ts'
import { type DestinationFolder, openDestination } from './destination-folder.ts'
import type { SourceAccess } from './digest-sources.ts'
import type { FileAttributes, Owner } from './file-attributes.ts'
import { LeafWriter } from './leaf-writer.ts'
import { Pace } from './pace.ts'
import { type Chmod, parseChmod } from './parse-chmod.ts'
import { PreviousLayer } from './previous-layer.ts'
import { resolveOwner } from './resolve-owner.ts'

/** COPY or ADD, and what it is carried out with. */
export interface CopyLayerRequest {
  readonly operation: CopyOperation
  /** The files that the layer is put on, the lowest first. */
  readonly parent: readonly BuildLayer[]
  readonly access: SourceAccess
  /** An empty folder, which becomes the layer. */
  readonly folder: string
  /** What an earlier run of this step made: files that did not change become links to its. */
  readonly previous?: BuildLayer
  /** Files that are later get this time, seconds since the epoch. @default they keep theirs */
  readonly clampSeconds?: number
  readonly onWarning?: (message: string, span: SourceSpan) => void
}

/** COPY or ADD while it is carried out. */
export interface CopyStep {
  readonly operation: CopyOperation
  /** The root of the files. */
  readonly destination: DestinationFolder
  readonly writer: LeafWriter
  /** What an earlier run of the step made. */
  readonly previous: PreviousLayer | undefined
  /** Of all that is copied. @default that of the original */
  readonly owner: Owner | undefined
  readonly chmod: Chmod | undefined
  /** What folders on the way are like. Their time is that of what is copied, so that the same files make the same layer. */
  readonly made: Omit<FileAttributes, 'mtime'>
  readonly pace: Pace
}

/**
 * Reads the flags of an operation and opens the files that it changes.
 *
 * @throws {TcomposeError} `build-source` for a mode that is none; `build-unsupported` for names of owners where there
 * are no files to look them up in.
 */
export async function openCopyStep(request: CopyLayerRequest): Promise<CopyStep> {
  const { operation, parent, folder, access, clampSeconds } = request
  const chmod = operation.chmod === undefined ? undefined : chmodOf(operation, operation.chmod)
  // With --chmod, BuildKit puts the files on those of the stage after all.
  const isApart = operation.isLink && chmod === undefined
  const files = isApart ? undefined : openFiles(parent)
  const owner = ownerOf(request, files)
  const previous = request.previous === undefined ? undefined : await PreviousLayer.open(request.previous)
  return {
    operation,
    destination: openDestination(folder, files, openFiles(parent)),
    writer: new LeafWriter({ layer: folder, owner, changeMode: chmod?.change, previous, clampSeconds }),
    previous,
    owner,
    chmod,
    made: { mode: chmod?.folderMode ?? 0o755, uid: 0, gid: 0, ...owner, xattrs: [] },
    pace: new Pace(access.signal),
  }
}

/** Returns the files of `layers`, the lowest first; undefined if there are none. */
export function openFiles(layers: readonly BuildLayer[]): LayeredTree | undefined {
  if (layers.length === 0) return undefined
  return new LayeredTree(layers.map(layer => parseAbsolutePath(layer.folder)))
}

/** Returns nanoseconds since the epoch. */
export function now(): bigint {
  return BigInt(Date.now()) * 1_000_000n
}

function chmodOf(operation: CopyOperation, text: string): Chmod {
  const chmod = parseChmod(text)
  if (chmod !== undefined) return chmod
  throw new TcomposeError('build-source', `Cannot use "--chmod=${text}": it is no mode`, {
    ...placeOf(operation),
    hint: 'Write octal digits such as 755, or changes such as "u=rwX,go=rX"',
  })
}

function ownerOf(
  { operation, onWarning }: CopyLayerRequest,
  files: LayeredTree | undefined,
): Owner | undefined {
  const { chown } = operation
  if (chown === undefined) return undefined
  const { uid, gid, unknown } = resolveOwner(chown, files)
  if (unknown.length > 0 && files === undefined) throw nobodyToAsk(operation, chown, unknown)
  const { span } = placeOf(operation)
  for (const name of unknown) {
    if (span !== undefined) onWarning?.(`"--chown=${chown}" is taken for 0: the stage has no ${name}`, span)
  }
  return { uid, gid }
}

function nobodyToAsk(operation: CopyOperation, chown: string, names: readonly string[]): TcomposeError {
  const reason = operation.isLink
    ? '"--link" does not look at the files of the stage'
    : 'the stage has no files'
  const what = names.join(' and ')
  return new TcomposeError(
    'build-unsupported',
    `Cannot use "--chown=${chown}": ${reason}, so ${what} is unknown`,
    {
      ...placeOf(operation),
      hint: 'Write numbers, e.g. "--chown=1000:1000"',
    },
  )
}

/** Flags have no place of their own. */
function placeOf({ sources }: CopyOperation): { readonly span?: SourceSpan } {
  const span = sources[0]?.span
  return span === undefined ? {} : { span }
}
