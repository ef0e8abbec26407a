import { Document, Scalar, Schema, visit } from 'yaml'
import type { PlainValue } from '../document/plain-value.ts'

/**
 * Returns `value` as YAML that readers of YAML 1.1 and of 1.2 understand alike, in the style of docker compose: texts
 * that one of them takes for something else, such as `yes`, `0o7` or `1.5`, stand in double quotes, other texts that
 * cannot stand plain in single ones.
 */
export function plainYaml(value: PlainValue): string {
  const document = new Document(value, { ...READERS, version: '1.1', aliasDuplicateObjects: false })
  visit(document, {
    Scalar: (_, scalar) => {
      if (typeof scalar.value === 'string' && isTakenForOther(scalar.value)) scalar.type = Scalar.QUOTE_DOUBLE
    },
  })
  return document.toString({ lineWidth: 0, singleQuote: true })
}

const READERS = { schema: 'yaml-1.1', compat: 'core' } as const
const { tags, compat } = new Schema(READERS)
const OTHER_FORMS = [...tags, ...(compat ?? [])].flatMap(({ test }) => (test === undefined ? [] : [test]))

function isTakenForOther(text: string): boolean {
  return OTHER_FORMS.some(form => form.test(text))
}
