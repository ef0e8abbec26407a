import { readAnyYaml } from './read-any-yaml.ts'
import { readPlainYaml } from './read-plain-yaml.ts'
import { SourceText } from './source-text.ts'
import type { YamlFile } from './yaml-file.ts'

/** Reads YAML 1.2 with merge keys (`<<`). Broken text yields diagnostics and no documents. */
export function readYaml(file: string, text: string): YamlFile {
  const source = new SourceText(file, text)
  const plain = readPlainYaml(source)
  return plain === undefined
    ? readAnyYaml(source)
    : { documents: [plain], aliasPaths: new Map(), diagnostics: [] }
}
