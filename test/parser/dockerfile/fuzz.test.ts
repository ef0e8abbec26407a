import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { SourceSpan } from '../../../src/base/source-span.ts'
import { renderDiagnostics } from '../../../src/cli/diagnostics/render-diagnostics.ts'
import type { Dockerfile } from '../../../src/model/dockerfile.ts'
import { checkDockerfile } from '../../../src/parser/dockerfile/check-dockerfile.ts'
import { parseDockerfile } from '../../../src/parser/dockerfile/parse-dockerfile.ts'
import { parseTrigger } from '../../../src/parser/dockerfile/parse-trigger.ts'

const word = fc.constantFrom(
  ...[
    'a',
    '/b',
    'c=d',
    'e="f g"',
    "'h i'",
    '$J',
    '${K:-l m}',
    '"n',
    "o'p",
    '\\ q',
    '80/tcp',
    'SIGTERM',
    '.',
    'AS',
  ],
  ...[
    '<<EOF',
    '<<-"E F"',
    '3<<X',
    '<<',
    '["r", "s"]',
    '["t",]',
    '[1]',
    '{}',
    '# u',
    '&&',
    '\u00a0',
    '\u{1f40b}',
    '``',
  ],
)
const flag = fc.constantFrom(
  ...[
    '--from=a',
    '--from=$A',
    '--chown="1:2"',
    '--link',
    '--link=x',
    '--exclude=*',
    '--platform=linux/amd64',
    '--',
  ],
  ...[
    '--mount=type=cache,target=/x',
    '--mount=type=secret,id=a,required',
    '--mount=\'"a,b"=c,,\'',
    '--mount=from=$A',
  ],
  ...['--network=none', '--interval=1s', '--retries=x', '--no-such', '--chmod', '--unpack=true'],
)
const keyword = fc.constantFrom(
  ...[
    'FROM',
    'RUN',
    'COPY',
    'ADD',
    'ENV',
    'LABEL',
    'ARG',
    'CMD',
    'ENTRYPOINT',
    'EXPOSE',
    'VOLUME',
    'USER',
    'WORKDIR',
  ],
  ...[
    'HEALTHCHECK',
    'HEALTHCHECK CMD',
    'STOPSIGNAL',
    'SHELL',
    'ONBUILD',
    'ONBUILD RUN',
    'MAINTAINER',
    'from',
    'rUN',
    'RNU',
  ],
)
const blank = fc.constantFrom(' ', '  ', '\t', ' \\\n', ' \\\n# v\n  ', '\\ \n\n', '`\n', '\r\n', ' \\\r\n')
const instruction = fc
  .tuple(keyword, fc.array(fc.tuple(blank, fc.oneof(flag, word)), { maxLength: 5 }))
  .map(([name, rest]) => `${name}${rest.flat().join('')}`)
const line = fc.oneof(
  { weight: 12, arbitrary: instruction },
  { weight: 1, arbitrary: fc.constantFrom('', '# w', 'EOF', 'E F', '\tX', 'FROM a AS b', 'FROM scratch') },
)
const directive = fc.constantFrom(
  ...[
    '',
    '',
    '',
    '# escape=`\n',
    '# syntax=x/y\n',
    '# check=skip=all;error=true\n',
    '# check=x\n',
    '#!x\n',
    '\uFEFF',
    'FROM a\n',
  ],
)
const dockerfile = fc
  .tuple(directive, directive, fc.array(line, { maxLength: 8 }))
  .map(([first, second, lines]) => `${first}${second}${lines.join('\n')}`)

const edit = fc.record({
  at: fc.nat(400),
  removed: fc.nat(6),
  added: fc.constantFrom(
    '',
    '\\',
    '"',
    "'",
    '$',
    '${',
    '}',
    '<<',
    '\n',
    ' ',
    '=',
    '--',
    '[',
    ']',
    ',',
    '\r',
    '#',
    '\u2003',
  ),
})
const edited = fc.tuple(dockerfile, fc.array(edit, { maxLength: 4 })).map(([text, edits]) =>
  edits.reduce((result, { at, removed, added }) => {
    const start = at % (result.length + 1)
    return result.slice(0, start) + added + result.slice(start + removed)
  }, text),
)

describe('parseDockerfile()', () => {
  test('never throws, and every place is one of the text', () => {
    fc.assert(fc.property(edited, survives), { numRuns: 10_000 })
  }, 120_000)
})

/** Parses, checks and renders; a thrown error of any kind fails the property. */
function survives(text: string): void {
  const { value, diagnostics } = parseDockerfile(text, { file: 'Dockerfile' })
  const problems = (value?.stages ?? []).flatMap(stage => stage.problems)
  const all = [...diagnostics, ...problems, ...(value === undefined ? [] : checkDockerfile(value))]
  expect(value !== undefined || diagnostics.some(({ severity }) => severity === 'error')).toBe(true)
  expect(renderDiagnostics(all, { color: false, readSource: () => text })).not.toMatch(/\n {4}at /)
  const lines = text.replace(/^\uFEFF/, '').split('\n')
  const related = all.flatMap(each => (each.related ?? []).map(({ span }) => span))
  const spans = [...all.map(({ span }) => span), ...related, ...(value === undefined ? [] : spansOf(value))]
  expect(spans.filter(span => span === undefined || !isWithin(span, lines))).toEqual([])
  if (value !== undefined) fireTriggers(value)
}

function fireTriggers({ stages }: Dockerfile): void {
  for (const each of stages.flatMap(({ instructions }) => instructions)) {
    if (each.kind !== 'onbuild') continue
    const { value, diagnostics } = parseTrigger(each.trigger, each.span)
    expect(value === undefined).toBe(diagnostics.some(({ severity }) => severity === 'error'))
  }
}

/** Returns every span in a value. */
function spansOf(value: unknown): readonly SourceSpan[] {
  if (typeof value !== 'object' || value === null) return []
  if (isSpan(value)) return [value]
  const parts: readonly unknown[] = value instanceof Map ? [...value.values()] : Object.values(value)
  return parts.flatMap(spansOf)
}

function isSpan(value: object): value is SourceSpan {
  return 'endColumn' in value
}

function isWithin(
  { line: first, column, endLine, endColumn }: SourceSpan,
  lines: readonly string[],
): boolean {
  const isOrdered = first < endLine || (first === endLine && column <= endColumn)
  return isOrdered && isPlace(first, column, lines) && isPlace(endLine, endColumn, lines)
}

function isPlace(number: number, column: number, lines: readonly string[]): boolean {
  const text = lines[number - 1]
  return text !== undefined && column >= 1 && column <= text.length + 1
}
