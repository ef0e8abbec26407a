import type { Diagnostic } from '../../base/diagnostic.ts'
import type { SourceSpan } from '../../base/source-span.ts'
import type { Dotenv, DotenvSource } from './parse-dotenv.ts'

/**
 * Reads `KEY=VALUE` lines literally, as `docker run --env-file` does: no quotes, no variables, no comments after a
 * value. A bare name takes the value that `lookup` has for it, if any.
 */
export function parseRawEnv({ file, text, lookup }: DotenvSource): Dotenv {
  const values = new Map<string, string>()
  const places = new Map<string, SourceSpan>()
  const diagnostics: Diagnostic[] = []
  const lines = text.replace(/^\uFEFF/, '').split(/\r?\n/)
  for (const [index, whole] of lines.entries()) {
    const line = whole.trimStart()
    if (line === '' || line.startsWith('#')) continue
    const span = spanOf(file, index + 1, whole)
    const { name, value } = splitLine(line, lookup)
    const problem = nameProblem(name)
    if (problem !== undefined) {
      const message = `Cannot read variable name "${name}": ${problem}`
      diagnostics.push({ severity: 'error', code: 'env-file', message, span })
    } else if (value !== undefined) {
      values.set(name, value)
      places.set(name, span)
    }
  }
  return { value: values, places, diagnostics }
}

interface RawVariable {
  readonly name: string
  readonly value: string | undefined
}

function splitLine(line: string, lookup: DotenvSource['lookup']): RawVariable {
  const equals = line.indexOf('=')
  return equals === -1
    ? { name: line, value: lookup(line) }
    : { name: line.slice(0, equals), value: line.slice(equals + 1) }
}

function nameProblem(name: string): string | undefined {
  if (name === '') return 'the name is missing'
  return /\s/.test(name) ? 'a name cannot contain a space' : undefined
}

function spanOf(file: string, line: number, text: string): SourceSpan {
  return { file, line, column: 1, endLine: line, endColumn: text.length + 1 }
}
