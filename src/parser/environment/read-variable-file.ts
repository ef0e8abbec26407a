import { displayPath, resolvePath } from '../locate/resolve-path.ts'
import type { Dotenv, DotenvSource } from './parse-dotenv.ts'
import type { ServiceFileSources } from './service-file-sources.ts'

/** What a file in the dotenv grammar holds, or why it cannot be read; `name` is as the user would name it. */
export type VariableFile =
  | ({ readonly kind: 'read'; readonly name: string } & Dotenv)
  | {
      readonly kind: 'unreadable'
      readonly name: string
      readonly reason: string
      readonly isMissing: boolean
    }

/** Reads the file at `path`; its values may use the variables that `lookup` knows. */
export function readVariableFile(
  path: string,
  { lookup, parse }: VariableGrammar,
  { files, base, workingDirectory }: ServiceFileSources,
): VariableFile {
  const absolute = resolvePath(base.folder, path, base.home)
  const name = displayPath(workingDirectory, absolute)
  const content = files.readText(absolute)
  if (content.kind === 'text') {
    return { kind: 'read', name, ...parse({ file: name, text: content.text, lookup }) }
  }
  const isMissing = content.kind === 'missing'
  return {
    kind: 'unreadable',
    name,
    reason: content.kind === 'missing' ? 'there is no such file' : content.reason,
    isMissing,
  }
}

interface VariableGrammar {
  readonly lookup: DotenvSource['lookup']
  readonly parse: (source: DotenvSource) => Dotenv
}
