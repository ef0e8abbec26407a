import { Document, Scalar, Schema, visit } from 'yaml'
import type { PlainValue } from '../document/plain-value.ts'

/**
 * Returns `value` as YAML that readers of YAML 1.1 and of 1.2 understand alike, in the style of docker compose: texts
 * that one of them takes for something else, such as `yes`, `0o7` or `1.5`, are double-quoted, other texts that
 * cannot be plain are single-quoted.
 */
export function plainYaml(
  value: PlainValue,
  /** Blanks for each level. */
  { indent = 2 }: { readonly indent?: number } = {},
): string {
  const document = new Document(value, { ...READERS, version: '1.1', aliasDuplicateObjects: false })
  visit(document, {
    Scalar: (_, scalar) => {
      if (typeof scalar.value !== 'string') return
      if (isTakenForOther(scalar.value) || holdsUnprintable(scalar.value)) scalar.type = Scalar.QUOTE_DOUBLE
    },
  })
  return escaped(document.toString({ lineWidth: 0, singleQuote: true, indent }))
}

/** What YAML calls not printable, or a line break in YAML 1.1 alone; JSON's escapes leave these as they are. */
const UNPRINTABLE = /[\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff]/g

function holdsUnprintable(text: string): boolean {
  return text.search(UNPRINTABLE) !== -1
}

/** Such characters are only written in double quotes, as escapes. */
function escaped(yaml: string): string {
  return yaml.replaceAll(UNPRINTABLE, character => {
    const code = character.charCodeAt(0)
    return code < 0x100
      ? `\\x${code.toString(16).padStart(2, '0')}`
      : `\\u${code.toString(16).padStart(4, '0')}`
  })
}

const READERS = { schema: 'yaml-1.1', compat: 'core' } as const
const { tags, compat } = new Schema(READERS)
const OTHER_FORMS = [...tags, ...(compat ?? [])].flatMap(({ test }) => (test === undefined ? [] : [test]))

function isTakenForOther(text: string): boolean {
  return OTHER_FORMS.some(form => form.test(text))
}
