import type { Diagnostic } from '../../base/diagnostic.ts'
import { didYouMean, joinWords } from '../../base/did-you-mean.ts'
import { type DocumentPath, describePath } from '../document/describe-path.ts'
import { entriesOf, type Node, nodeAt } from '../document/node.ts'
import { describeUnknownKey, servicePlace } from './describe-unknown-key.ts'
import type { Mismatch } from './mismatch.ts'
import { allowedTypes, knownKeys, type SchemaPlace } from './schema-node.ts'

/** Says in the user's words what does not fit the schema. */
export function describeMismatch(mismatch: Mismatch): readonly Diagnostic[] {
  switch (mismatch.error.keyword) {
    case 'additionalProperties':
      return describeUnknownKey(mismatch)
    case 'required':
      return [missingKey(mismatch)]
    case 'type':
      return isEmptiedService(mismatch) ? [] : [wrongType(mismatch)]
    case 'enum':
    case 'const':
      return [notOneOf(mismatch)]
    case 'pattern':
      return [wrongPattern(mismatch)]
    case 'uniqueItems':
      return [repeatedItem(mismatch)]
    default:
      return [
        error(mismatch, 'bad-value', `Cannot use ${describePath(mismatch.path)}: it does not fit the schema`),
      ]
  }
}

function missingKey(mismatch: Mismatch): Diagnostic {
  const key = String(mismatch.error.params['missingProperty'])
  return {
    ...error(mismatch, 'missing-key', `Cannot use ${describePath(mismatch.path)}: "${key}" is missing`),
    span: mismatch.keySpan,
  }
}

const TYPE_WORDS: ReadonlyMap<string, string> = new Map([
  ['string', 'text'],
  ['integer', 'a whole number'],
  ['number', 'a number'],
  ['boolean', 'true or false'],
  ['array', 'a list'],
  ['object', 'a map'],
])

/** Kinds whose string form only holds the outcome of interpolation. */
const KIND_WORDS: ReadonlyMap<string, string> = new Map([
  ['bool', 'true or false'],
  ['int', 'a whole number'],
  ['num', 'a number'],
  ['bytes', 'a size such as "64m"'],
  ['byteText', 'a size such as "64m"'],
  ['duration', 'a duration such as "1m30s"'],
])

function wrongType(mismatch: Mismatch): Diagnostic {
  const { node, place, path } = mismatch
  const expected = expectedWords(place)
  const message = `Cannot use ${describePath(path)}: it is ${describeValue(node)}, expected ${expected}`
  return { ...error(mismatch, 'wrong-type', message), ...hintOf(typeHint(mismatch)) }
}

function expectedWords(place: SchemaPlace): string {
  const word = place.kind === undefined ? undefined : KIND_WORDS.get(place.kind)
  if (word !== undefined) return word
  const words = allowedTypes(place).flatMap(type => TYPE_WORDS.get(type) ?? [])
  return joinWords(words)
}

/** A service that is empty because its attributes are beside it; they have a diagnostic of their own. */
function isEmptiedService({ document, node, path }: Mismatch): boolean {
  const isEmpty = node.kind === 'scalar' && node.value === null
  if (!isEmpty || path[0] !== 'services' || path.length !== 2) return false
  const services = entriesOf(nodeAt(document, ['services']))
  return [...services].some(([name, { value }]) => isMisplacedAttribute(['services', name], value))
}

/** An attribute that is not indented below its service reads as a service, and no service is a list or text. */
function isMisplacedAttribute(path: DocumentPath, node: Node): boolean {
  if (path[0] !== 'services' || path.length !== 2 || node.kind === 'map') return false
  if (node.kind === 'scalar' && node.value === null) return false
  return knownKeys(servicePlace()).includes(String(path[1]))
}

function typeHint({ node, place, path }: Mismatch): string | undefined {
  if (isMisplacedAttribute(path, node)) {
    return `"${path[1]}" belongs to a service; indent it below one, by two spaces more`
  }
  const types = allowedTypes(place)
  if (node.kind === 'list') return undefined
  if (node.kind === 'map') {
    return types.includes('array') ? 'Start each entry with "- "' : undefined
  }
  if (node.value === null) return 'Give it a value, or remove the key'
  if (types.includes('string')) return `Write it in quotes: "${node.raw}"`
  if (types.includes('array')) return `Write it as a list: ["${node.raw}"]`
  return undefined
}

function describeValue(node: Node): string {
  if (node.kind === 'list') return 'a list'
  if (node.kind === 'map') return 'a map'
  if (node.value === null) return 'empty'
  if (typeof node.value === 'string') return `text ("${abbreviate(node.value)}")`
  return typeof node.value === 'boolean' ? `the truth value ${node.value}` : `the number ${node.value}`
}

function notOneOf(mismatch: Mismatch): Diagnostic {
  const { node, place, path } = mismatch
  const text = valueText(node)
  const message = `Cannot use ${describePath(path)}: it is "${text}", expected ${joinWords((place.schema.enum ?? []).map(word => `"${word}"`))}`
  return { ...error(mismatch, 'bad-value', message), ...hintOf(didYouMean(text, place.schema.enum ?? [])) }
}

function wrongPattern(mismatch: Mismatch): Diagnostic {
  const text = valueText(mismatch.node)
  const words = (mismatch.place.schema.pattern ?? '').split('|').map(word => word.replaceAll(/^\^|\$$/g, ''))
  const plain = words.filter(word => /^[a-z_]+$/.test(word))
  const shown = words.map(word => /^[a-z_]+/.exec(word)?.[0] + (plain.includes(word) ? '' : '...'))
  const message = `Cannot use ${describePath(mismatch.path)}: it is "${abbreviate(text)}", expected ${joinWords(shown.map(word => `"${word}"`))}`
  return { ...error(mismatch, 'bad-value', message), ...hintOf(didYouMean(text, plain)) }
}

function repeatedItem(mismatch: Mismatch): Diagnostic {
  const {
    node,
    path,
    error: { params },
  } = mismatch
  const items = node.kind === 'list' ? node.items : []
  const [first, second] = [Number(params['i']), Number(params['j'])].sort((a, b) => a - b)
  const later = items[second ?? 0]
  const earlier = items[first ?? 0]
  const text = later === undefined ? '' : ` "${abbreviate(valueText(later))}"`
  return {
    ...error(mismatch, 'bad-value', `Cannot use ${describePath(path)}: it contains${text} twice`),
    span: later?.span ?? node.span,
    ...(earlier === undefined
      ? {}
      : { related: [{ message: 'it is first listed here', span: earlier.span }] }),
  }
}

function error({ node, keySpan }: Mismatch, code: Diagnostic['code'], message: string): Diagnostic {
  return { severity: 'error', code, message, span: node.kind === 'scalar' ? node.span : keySpan }
}

function hintOf(hint: string | undefined): { readonly hint?: string } {
  return hint === undefined ? {} : { hint }
}

function valueText(node: Node): string {
  if (node.kind === 'scalar') return String(node.value)
  return node.kind === 'map' ? [...entriesOf(node).keys()].join(', ') : 'a list'
}

function abbreviate(text: string): string {
  return text.length > 40 ? `${text.slice(0, 40)}…` : text
}
