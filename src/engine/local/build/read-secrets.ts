import { errnoNameOf } from '../../../base/errno-name-of.ts'
import { TcomposeError } from '../../../base/tcompose-error.ts'
import { readUserFile, UnfitFile } from '../../../disk/user-file.ts'
import type { BuildSecret } from '../../../model/build.ts'
import type { RunSecret } from './run/run-request.ts'

/** BuildKit takes half a megabyte. */
const LARGEST_MIB = 1

/**
 * Reads the secrets that a build gives to its commands. A variable that is not set gives none.
 *
 * @throws {TcomposeError} `build-secret` if a file cannot be read.
 */
export function readSecrets(
  secrets: readonly BuildSecret[],
  environment: ReadonlyMap<string, string>,
): ReadonlyMap<string, RunSecret> {
  return new Map(
    secrets.flatMap(secret => {
      const content = contentOf(secret, environment)
      const { id, uid, gid, mode } = secret
      return content === undefined ? [] : [[id, { content, uid, gid, mode }] as const]
    }),
  )
}

function contentOf(
  { id, source, origin }: BuildSecret,
  environment: ReadonlyMap<string, string>,
): Uint8Array | undefined {
  if (source.kind === 'environment') {
    const value = source.value ?? environment.get(source.variable)
    return value === undefined ? undefined : Buffer.from(value)
  }
  try {
    return readUserFile(source.path, LARGEST_MIB)
  } catch (error) {
    if (!(error instanceof UnfitFile) && errnoNameOf(error) === undefined) throw error
    const isMissing = errnoNameOf(error) === 'ENOENT'
    const reason = error instanceof Error ? error.message : String(error)
    throw new TcomposeError(
      'build-secret',
      `Cannot read secret "${id}" from ${source.path}: ${isMissing ? 'it does not exist' : reason}`,
      { origin, cause: error },
    )
  }
}
