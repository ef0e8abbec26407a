import type { ListFormat } from '../options/list-format.ts'
import { parseTemplate } from '../template/parse-template.ts'
import { runTemplate } from '../template/run-template.ts'
import { TemplateError } from '../template/template-error.ts'
import type { TemplateMethod, TemplateValue } from '../template/template-value.ts'
import { UsageError } from '../usage-error.ts'
import { safeText } from './safe-text.ts'
import { textTable } from './text-table.ts'

/** An entry of a list by the names of its fields. */
export type TemplateEntry = Readonly<Record<string, TemplateValue>>

/** What a list is made of, for a template. */
export interface TemplateListOptions {
  /** The names of the fields, which an empty list has too. */
  readonly fields: readonly string[]
  /** Headings of columns that are not the words of their field in capitals. @default none */
  readonly headings?: Readonly<Record<string, string>>
}

/**
 * Returns what a template makes of `entries`: a line for each, or a table.
 *
 * @throws {UsageError} If it is no template, or asks for what no entry has.
 */
export function templateList(
  { template, isTable }: Extract<ListFormat, { kind: 'template' }>,
  entries: readonly TemplateEntry[],
  { fields, headings = {} }: TemplateListOptions,
): string {
  try {
    const nodes = parseTemplate(template)
    const lines = entries.map(entry => runTemplate(nodes, entry))
    if (!isTable) return lines.map(line => `${safeText(line)}\n`).join('')
    const heads = new Map(fields.map(field => [field, headings[field] ?? words(field)]))
    const head = runTemplate(nodes, { ...Object.fromEntries(heads), Label: lastWord }, HEAD_FUNCTIONS)
    return textTable([head, ...lines].map(line => line.split('\t')))
  } catch (error) {
    if (!(error instanceof TemplateError)) throw error
    throw new UsageError(`the template of --format is wrong: ${error.message}`, error.hint)
  }
}

/** Headings are shown as they are, whatever is done with the values below them. */
const HEAD_FUNCTIONS: ReadonlyMap<string, TemplateMethod> = new Map(
  ['json', 'title', 'lower', 'upper', 'truncate', 'pad'].map(name => [name, (text = null) => text]),
)

/** `CreatedAt` becomes `CREATED AT`. */
function words(field: string): string {
  return field.replace(/(?<=[a-z])(?=[A-Z])/g, ' ').toUpperCase()
}

/** The heading of a label is the last part of its name. */
const lastWord: TemplateMethod = (name = '') => String(name).split('.').at(-1)?.replaceAll(/[-_]/g, ' ') ?? ''
