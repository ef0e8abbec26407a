import { realpathSync } from 'node:fs'
import { relative, resolve } from 'node:path'
import { errnoNameOf } from '../../../base/errno-name-of.ts'
import { TcomposeError } from '../../../base/tcompose-error.ts'
import { readUserFile } from '../../../disk/user-file.ts'
import type { DockerfileSource } from '../../../model/build.ts'
import type { DockerfileContent } from './dockerfile-reader.ts'

/** No Dockerfile is larger. */
const LARGEST_MIB = 4

/** The folder that a path of a Dockerfile starts at. */
export interface DockerfileFolder {
  readonly path: string
  /** Somebody else's files: what is outside of them is not theirs to name, through links neither. */
  readonly isRemote: boolean
}

/**
 * Reads the Dockerfile of a build whose context is the folder `context`.
 *
 * @throws {TcomposeError} `build-context` if it cannot be read.
 */
export function readDockerfile(source: DockerfileSource, context: DockerfileFolder): DockerfileContent {
  if (source.kind === 'inline')
    return { text: source.text, file: source.span.file, path: undefined, inline: source }
  const path = resolve(context.path, source.path)
  const file = shownPath(path)
  try {
    if (context.isRemote && !isBelow(realpathSync(path), realpathSync(context.path)))
      throw new Error('it leads out of the context')
    return { text: readUserFile(path, LARGEST_MIB).toString('utf8'), file, path, inline: undefined }
  } catch (error) {
    throw unreadable(file, error)
  }
}

function isBelow(path: string, folder: string): boolean {
  return path.startsWith(`${folder}/`)
}

function unreadable(file: string, error: unknown): TcomposeError {
  const isMissing = ['ENOENT', 'ENOTDIR'].includes(errnoNameOf(error) ?? '')
  const reason = error instanceof Error ? error.message : String(error)
  return new TcomposeError(
    'build-context',
    `Cannot read Dockerfile "${file}": ${isMissing ? 'it does not exist' : reason}`,
    { hint: 'Check "build.context" and "build.dockerfile", which starts at the context', cause: error },
  )
}

/** Paths below the folder that the user is in are shown as seen from there. */
function shownPath(path: string): string {
  const shown = relative(process.cwd(), path)
  return shown.startsWith('..') ? path : shown
}
