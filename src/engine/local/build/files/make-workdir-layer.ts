import type { SourceSpan } from '../../../../base/source-span.ts'
import { TcomposeError } from '../../../../base/tcompose-error.ts'
import { bytePath } from '../../../../disk/byte-path.ts'
import type { WorkdirOperation } from '../../../../planner/build/build-graph.ts'
import type { BuildLayer } from '../build-layer.ts'
import { asMkdir } from './as-mkdir.ts'
import { now, openFiles } from './copy-step.ts'
import { openDestination } from './destination-folder.ts'
import { makeFolders, resolveLinks } from './destination-path.ts'
import { resolveOwner } from './resolve-owner.ts'

/** WORKDIR, and what it is carried out with. */
export interface WorkdirLayerRequest {
  readonly operation: WorkdirOperation
  /** The files that the layer is put on, the lowest first. */
  readonly parent: readonly BuildLayer[]
  /** An empty folder, which becomes the layer. */
  readonly folder: string
  readonly span: SourceSpan
}

/**
 * Carries WORKDIR out: writes the folders that miss into a folder, as a layer. The user owns all of them. Where none
 * misses, the layer is empty.
 *
 * @throws {TcomposeError} `build-step` if something else than a folder is on the way; `build-unsupported` for the name
 * of a user where there are no files to look it up in.
 */
export function makeWorkdirLayer({ operation, parent, folder, span }: WorkdirLayerRequest): void {
  const files = openFiles(parent)
  const { uid, gid, unknown } = resolveOwner(operation.user, files)
  if (unknown.length > 0 && files === undefined) throw nobodyToAsk(operation, span)
  const destination = openDestination(folder, files)
  try {
    const path = resolveLinks(destination, bytePath(operation.path))
    const own = { mode: 0o755, uid, gid, mtime: now(), xattrs: [] }
    makeFolders(destination, path, parent => asMkdir(own, parent, operation.user !== ''))
  } catch (cause) {
    if (!(cause instanceof SyntaxError)) throw cause
    throw new TcomposeError(
      'build-step',
      `Cannot make working directory "${operation.path}": ${cause.message}`,
      {
        span,
        hint: 'Choose another path, or remove what is there in an earlier step',
        cause,
      },
    )
  }
  destination.finish()
}

function nobodyToAsk({ path, user }: WorkdirOperation, span: SourceSpan): TcomposeError {
  return new TcomposeError(
    'build-unsupported',
    `Cannot make working directory "${path}": the stage has no files, so user "${user}" is unknown`,
    { span, hint: 'Write a number as USER, e.g. "1000:1000", or copy the files of an image first' },
  )
}
