import { posix } from 'node:path'
import type { ModelPath } from '../../../base/model-path.ts'
import { TcomposeError } from '../../../base/tcompose-error.ts'

/** Which specification is being carried out, and for what of the document. */
export interface Edited {
  /** What errors call the specification. */
  readonly source: string
  readonly origin: ModelPath
}

/** Returns the error for something valid that this version does not do. */
export function notDone(what: string, { source, origin }: Edited): TcomposeError {
  return new TcomposeError('cdi-spec', `Cannot use "${source}": this version does not do ${what}`, {
    hint: 'Use a device of which the specification does without',
    origin,
  })
}

/** Returns the error for something of the host that is not there. */
export function missing(what: string, path: string, { source, origin }: Edited): TcomposeError {
  return new TcomposeError(
    'device-not-found',
    `Cannot use ${what}, which "${source}" names: it does not exist`,
    { hint: `Write the specification again: it does not fit what is in ${posix.dirname(path)}`, origin },
  )
}
