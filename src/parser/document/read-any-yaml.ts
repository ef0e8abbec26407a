import { type Document, isScalar, parseAllDocuments, type ScalarTag, type YAMLWarning } from 'yaml'
import type { Diagnostic } from '../../base/diagnostic.ts'
import type { AliasPaths } from './alias-path.ts'
import { convertDocument } from './convert-document.ts'
import { withJoinedQuotes } from './joined-quotes.ts'
import type { SourceText } from './source-text.ts'
import { describeSyntaxError } from './syntax-error.ts'
import type { YamlFile } from './yaml-file.ts'

/** Deeper text is refused: nobody writes it, and the YAML reader recurses. */
const MAX_DEPTH = 200

/**
 * Reads YAML 1.2 with merge keys (`<<`), and what go-yaml takes beyond it: `!!float` of a whole number, `!!merge`, and
 * quoted texts that continue in any column. Broken text yields diagnostics and no documents, and a text without content
 * neither.
 */
export function readAnyYaml(source: SourceText): YamlFile {
  const { text } = source
  const tooDeep = firstTooDeep(text)
  if (tooDeep !== undefined) return refused(nestedTooDeep(source, tooDeep))
  const documents = documentsIn(text)
  const broken = documents.flatMap(({ errors, warnings }) => [
    ...errors,
    ...warnings.filter(warning => isUnknownTag(source, warning)),
  ])
  if (broken.length > 0) return refused(...describeSyntaxErrors(source, broken))
  const converted = documents
    .filter(({ contents }) => contents !== null && !(isScalar(contents) && contents.value === null))
    .map(document => convertDocument(source, document))
  return {
    documents: converted.flatMap(({ value }) => (value === undefined ? [] : [value])),
    aliasPaths: joinAliasPaths(converted.map(({ aliasPaths }) => aliasPaths)),
    diagnostics: converted.flatMap(({ diagnostics }) => diagnostics),
  }
}

type ParsedDocuments = readonly Document.Parsed[]

function documentsIn(text: string): ParsedDocuments {
  const documents = parsedDocuments(text)
  const errors = documents.flatMap(document => document.errors)
  const joined = errors.length === 0 ? undefined : withJoinedQuotes(text, errors)
  return joined === undefined ? documents : parsedDocuments(joined)
}

function parsedDocuments(text: string): ParsedDocuments {
  const parsed = parseAllDocuments(text, {
    customTags: tags => [...tags, WHOLE_FLOAT, MERGE],
    logLevel: 'silent',
    merge: false,
    prettyErrors: false,
    schema: 'core',
    uniqueKeys: false,
  })
  return Array.isArray(parsed) ? parsed : []
}

/** Comes after the core schema's own tags, so a plain whole number stays an integer. */
const WHOLE_FLOAT: ScalarTag = {
  tag: 'tag:yaml.org,2002:float',
  default: true,
  test: /^[-+]?\d+$/,
  resolve: Number,
}

/** The conversion applies merge keys, so the key remains text. */
const MERGE: ScalarTag = { tag: 'tag:yaml.org,2002:merge', resolve: text => text }

function joinAliasPaths(aliasPaths: readonly AliasPaths[]): AliasPaths {
  const [first] = aliasPaths
  return first !== undefined && aliasPaths.length === 1 ? first : new Map(aliasPaths.flatMap(map => [...map]))
}

type SyntaxErrors = Parameters<typeof describeSyntaxError>[1][]

const KNOWN_TAGS: ReadonlySet<string> = new Set(['!reset', '!override'])

/** The YAML reader only warns about unknown tags, and continues without them. */
function isUnknownTag(source: SourceText, { code, pos: [start, end] }: YAMLWarning): boolean {
  return code === 'TAG_RESOLVE_FAILED' && !KNOWN_TAGS.has(source.text.slice(start, end).trim())
}

/** One mistake often breaks the rest of the file, so only the first error of a line is reported, and ten in all. */
function describeSyntaxErrors(source: SourceText, errors: SyntaxErrors): readonly Diagnostic[] {
  const seen = new Set<number | undefined>()
  const told: Diagnostic[] = []
  for (const error of withoutConsequencesOfTabs(errors)) {
    const diagnostic = describeSyntaxError(source, error)
    if (!seen.has(diagnostic.span?.line)) told.push(diagnostic)
    seen.add(diagnostic.span?.line)
  }
  return told.slice(0, 10)
}

/** A tab in front of a line changes what all lines round it mean. */
function withoutConsequencesOfTabs(errors: SyntaxErrors): SyntaxErrors {
  const tabs = errors.filter(({ code }) => code === 'TAB_AS_INDENT')
  return tabs.length > 0 ? tabs.slice(0, 1) : errors
}

function firstTooDeep(text: string): number | undefined {
  let depth = 0
  for (let index = 0; index < text.length; index++) {
    const code = text.charCodeAt(index)
    if (code === 0x5b || code === 0x7b) depth++
    else if ((code === 0x5d || code === 0x7d) && depth > 0) depth--
    if (depth > MAX_DEPTH) return index
  }
  return deepBlock(text)
}

/** Compact nesting such as `- - - -`, or indentation past any sense. Linear, and no expression: these run out of stack. */
function deepBlock(text: string): number | undefined {
  let marks = 0
  let lineStart = 0
  for (let index = 0; index < text.length; index++) {
    const character = text[index] ?? ''
    if (character === '\n') {
      lineStart = index + 1
      marks = 0
    } else if (isNestingMark(text, index)) marks++
    else if (character !== ' ' && character !== '\t') {
      if (index - lineStart >= MAX_DEPTH * 4 && isBlank(text, lineStart, index)) return index
      marks = 0
    }
    if (marks > MAX_DEPTH) return index
  }
  return undefined
}

function isNestingMark(text: string, index: number): boolean {
  const next = text[index + 1]
  return '-?:'.includes(text[index] ?? ' ') && (next === ' ' || next === '\t')
}

function isBlank(text: string, from: number, to: number): boolean {
  return text.slice(from, to).trim() === ''
}

function nestedTooDeep(source: SourceText, index: number): Diagnostic {
  return {
    severity: 'error',
    code: 'yaml-syntax',
    message: `Cannot read YAML: values are nested more than ${MAX_DEPTH} deep`,
    span: source.span(index, index + 1),
  }
}

function refused(...diagnostics: readonly Diagnostic[]): YamlFile {
  return { documents: [], aliasPaths: new Map(), diagnostics }
}
