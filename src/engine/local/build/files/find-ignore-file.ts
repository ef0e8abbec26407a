import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { AbsolutePath } from '../../../../base/absolute-path.ts'
import { errnoNameOf } from '../../../../base/errno-name-of.ts'
import { TcomposeError } from '../../../../base/tcompose-error.ts'

/** A file that says what of a context is left out. */
export interface IgnoreFile {
  /** Where it is, for people. */
  readonly path: string
  readonly text: string
}

/**
 * Finds the ignore file of a context: `<Dockerfile>.dockerignore` beside the Dockerfile, else `.dockerignore`.
 *
 * @param dockerfile The path of the Dockerfile, if it is a file and of this context.
 * @throws {TcomposeError} `build-context` if it cannot be read.
 */
export function findIgnoreFile(
  context: AbsolutePath,
  dockerfile: string | undefined,
): IgnoreFile | undefined {
  const own = dockerfile === undefined ? undefined : readIfPresent(`${dockerfile}.dockerignore`)
  return own ?? readIfPresent(join(context, '.dockerignore'))
}

function readIfPresent(path: string): IgnoreFile | undefined {
  try {
    return { path, text: readFileSync(path, 'utf8') }
  } catch (cause) {
    const errno = errnoNameOf(cause)
    if (errno === 'ENOENT' || errno === 'ENOTDIR') return undefined
    throw new TcomposeError('build-context', `Cannot read "${path}": ${errno ?? 'it is no text'}`, {
      hint: 'Make it a file that root can read, or remove it',
      cause,
    })
  }
}
