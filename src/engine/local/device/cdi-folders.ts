import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { errnoNameOf } from '../../../base/errno-name-of.ts'
import { TcomposeError } from '../../../base/tcompose-error.ts'
import type { CdiSource } from '../../../oci/cdi/cdi-index.ts'
import { type CdiLanguage, parseCdiSpec } from '../../../oci/cdi/parse-cdi-spec.ts'

/** What there is in folders of specifications. */
export interface CdiFolders {
  readonly sources: readonly CdiSource[]
  /** Of files that cannot be used. */
  readonly problems: readonly TcomposeError[]
}

const LANGUAGES: ReadonlyMap<string, CdiLanguage> = new Map([
  ['.json', 'json'],
  ['.yaml', 'yaml'],
])

/** Reads the specifications in `folders`, those of a later one with a higher rank. A folder that is missing is empty. */
export function readCdiFolders(folders: readonly string[]): CdiFolders {
  const sources: CdiSource[] = []
  const problems: TcomposeError[] = []
  for (const [rank, folder] of folders.entries()) {
    for (const name of namesIn(folder)) {
      const language = LANGUAGES.get(name.slice(name.lastIndexOf('.')))
      if (language === undefined) continue
      const path = join(folder, name)
      try {
        sources.push({ name: path, rank, spec: parseCdiSpec(readFileSync(path, 'utf8'), language) })
      } catch (error) {
        problems.push(unusable(path, error))
      }
    }
  }
  return { sources, problems }
}

function namesIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder).toSorted()
  } catch (error) {
    if (['ENOENT', 'ENOTDIR'].includes(errnoNameOf(error) ?? '')) return []
    throw error
  }
}

function unusable(path: string, error: unknown): TcomposeError {
  const reason = error instanceof SyntaxError ? error.message : (errnoNameOf(error) ?? String(error))
  return new TcomposeError('cdi-spec', `Cannot use "${path}": ${reason}`, {
    hint: 'Write the file again with the tool that has made it, or move it out of the folder',
    cause: error,
  })
}
