import type { Diagnostic } from '../../base/diagnostic.ts'
import type { CheckDirective, EscapeCharacter, Word } from '../../model/dockerfile.ts'
import { isGoSpace, skipSpace, trimSpaceEnd } from './go-space.ts'
import { withoutLineEnd } from './line-reader.ts'
import { LogicalLine, type SpanOf } from './logical-line.ts'
import { readCheckDirective } from './read-check-directive.ts'

/** The comments at the top of a Dockerfile that say how it is read. */
export interface Directives {
  readonly escape: EscapeCharacter
  readonly syntax: Word | undefined
  readonly check: CheckDirective | undefined
  /** How many lines they take. */
  readonly lineCount: number
  readonly diagnostics: readonly Diagnostic[]
}

/**
 * Reads `# escape=`, `# syntax=` and `# check=`. They end at the first line that is none. Behind a line that begins
 * with `#!` BuildKit still sees the last two.
 */
export function readDirectives(lines: readonly string[], spanOf: SpanOf): Directives {
  const hasShebang = lines[0]?.startsWith('#!') === true
  const found = listDirectives(lines.slice(hasShebang ? 1 : 0), { spanOf, firstLine: hasShebang ? 2 : 1 })
  const byName = new Map<string, Directive>()
  const diagnostics: Diagnostic[] = []
  for (const directive of found) {
    const earlier = byName.get(directive.name)
    if (earlier === undefined) byName.set(directive.name, directive)
    else if (!hasShebang) diagnostics.push(twice(directive, earlier))
  }
  const escapeCharacter = hasShebang ? undefined : readEscape(byName.get('escape'))
  const check = readCheckDirective(byName.get('check')?.value)
  const syntax = firstWord(byName.get('syntax'))
  return {
    escape: escapeCharacter?.value ?? '\\',
    syntax,
    check: check.value,
    lineCount: hasShebang ? 0 : found.length,
    diagnostics: [
      ...diagnostics,
      ...(escapeCharacter?.diagnostics ?? []),
      ...check.diagnostics,
      ...noticeOf(syntax),
    ],
  }
}

interface Directive {
  readonly name: string
  readonly value: Word
  readonly line: LogicalLine
}

interface DirectiveLines {
  readonly spanOf: SpanOf
  readonly firstLine: number
}

const NAMES: ReadonlySet<string> = new Set(['check', 'escape', 'syntax'])

function listDirectives(
  lines: readonly string[],
  { spanOf, firstLine }: DirectiveLines,
): readonly Directive[] {
  const found: Directive[] = []
  for (const [index, raw] of lines.entries()) {
    const text = withoutLineEnd(raw)
    const pieces = [{ offset: 0, line: firstLine + index, column: 1 }]
    const directive = readDirective(new LogicalLine({ text, pieces, spanOf }))
    if (directive === undefined) break
    found.push(directive)
  }
  return found
}

function readDirective(line: LogicalLine): Directive | undefined {
  const { text } = line
  const hash = skipSpace(text, 0)
  if (text[hash] !== '#') return undefined
  const start = skipSpace(text, hash + 1)
  const equals = text.indexOf('=', start)
  if (equals === -1) return undefined
  const name = text.slice(start, trimSpaceEnd(text, start, equals)).toLowerCase()
  const value = { start: skipSpace(text, equals + 1), end: trimSpaceEnd(text, equals + 1) }
  if (!NAMES.has(name) || value.start >= value.end) return undefined
  return { name, value: line.word(value), line }
}

function twice({ name, line }: Directive, earlier: Directive): Diagnostic {
  const whole = { start: 0, end: line.text.length }
  return {
    severity: 'error',
    code: 'dockerfile',
    message: `Cannot use directive "${name}": it is there twice`,
    span: earlier.line.span({ start: 0, end: earlier.line.text.length }),
    hint: 'remove one of them',
    related: [{ message: `"${name}" is there again`, span: line.span(whole) }],
  }
}

interface ReadEscape {
  readonly value: EscapeCharacter | undefined
  readonly diagnostics: readonly Diagnostic[]
}

function readEscape(directive: Directive | undefined): ReadEscape | undefined {
  if (directive === undefined) return undefined
  const { text, span } = directive.value
  if (text === '\\' || text === '`') return { value: text, diagnostics: [] }
  const message = `Cannot use escape character "${text}": expected "\\" or "\`"`
  return { value: undefined, diagnostics: [{ severity: 'error', code: 'dockerfile', message, span }] }
}

function firstWord(directive: Directive | undefined): Word | undefined {
  if (directive === undefined) return undefined
  const { text } = directive.line
  const start = text.indexOf('=') + 1
  const begin = skipSpace(text, start)
  let end = begin
  while (end < text.length && !isGoSpace(text.charCodeAt(end))) end++
  return directive.line.word({ start: begin, end })
}

/** Names of the frontend whose language is the one that is read here. */
const OWN_SYNTAX =
  /^(?:docker\.io\/)?docker\/dockerfile(?::(?:latest|1(?:\.\d+){0,2}))?(?:@sha256:[0-9a-f]{64})?$/

function noticeOf(syntax: Word | undefined): readonly Diagnostic[] {
  if (syntax === undefined || OWN_SYNTAX.test(syntax.text)) return []
  return [
    {
      severity: 'warning',
      code: 'dockerfile',
      message: `Syntax "${syntax.text}" is not loaded: the file is read as docker/dockerfile:1`,
      span: syntax.span,
    },
  ]
}
