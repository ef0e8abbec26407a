import { Option } from 'commander'
import { UsageError } from '../usage-error.ts'

/** How a list is written. */
export type ListFormat =
  | { readonly kind: 'table' }
  | { readonly kind: 'json' }
  /** A line for each entry, or with `isTable` a row of a table with headings. */
  | { readonly kind: 'template'; readonly template: string; readonly isTable: boolean }

/** Returns `--format` of a command that lists something. Without a default, settings may say what it is. */
export function listFormatOption(
  { hasDefault }: { readonly hasDefault: boolean } = { hasDefault: true },
): Option {
  const option = new Option(
    '--format <format>',
    'Output format: table, json, or a Go template such as "{{.Name}}"',
  )
  if (hasDefault) option.default({ kind: 'table' }, 'table')
  return option.argParser(parseListFormat)
}

/**
 * Reads `table`, `json`, `table TEMPLATE` or a template; `\t` and `\n` may be written as two characters, as in docker.
 *
 * @throws {UsageError} If `text` is none of these.
 */
export function parseListFormat(text: string): ListFormat {
  const format = text.trim()
  if (format === 'table' || format === 'json') return { kind: format }
  if (!format.includes('{{')) {
    throw new UsageError(
      `"${text}" is not a format`,
      'Give table, json, or a Go template such as "{{.Name}}" or "table {{.Name}}\\t{{.Status}}"',
    )
  }
  const [, table, template = ''] = /^(table\s+)?(.*)$/s.exec(format) ?? []
  const plain = template.replaceAll('\\t', '\t').replaceAll('\\n', '\n')
  return { kind: 'template', template: plain, isTable: table !== undefined }
}
