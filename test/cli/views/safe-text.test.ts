import { expect, test } from 'vitest'
import type { Diagnostic } from '../../../src/base/diagnostic.ts'
import { TcomposeError } from '../../../src/base/tcompose-error.ts'
import { renderDiagnosticLines, renderDiagnostics } from '../../../src/cli/diagnostics/render-diagnostics.ts'
import { renderError } from '../../../src/cli/diagnostics/render-error.ts'
import { safeJson, safeLine, safeMessage, safeText } from '../../../src/cli/views/safe-text.ts'
import { textTable } from '../../../src/cli/views/text-table.ts'

test.for([
  ['plain, ünicode, 漢字 and 👍', 'plain, ünicode, 漢字 and 👍'],
  ['\u001b[31mred', '\\x1b[31mred'],
  ['\u001b]0;title\u0007', '\\x1b]0;title\\x07'],
  ['over\rwritten', 'over\\x0dwritten'],
  ['bell\u0007 nul\u0000 del\u007f', 'bell\\x07 nul\\x00 del\\x7f'],
  ['\u009b2J', '\\x9b2J'],
  ['a\u202eb\u2066c\u200f', 'a\\u202eb\\u2066c\\u200f'],
  ['a\u2028b\u2029', 'a\\u2028b\\u2029'],
] as const)('safeText() and safeLine() escape %j', ([text, safe]) => {
  expect([safeText(text), safeLine(text)]).toEqual([safe, safe])
})

test('safeText() leaves layout, safeLine() does not', () => {
  expect([safeText('a\n\tb'), safeLine('a\n\tb')]).toEqual(['a\n\tb', 'a\\n\\tb'])
})

test('safeMessage() cuts what nobody reads', () => {
  expect(safeMessage('x'.repeat(1_000_000))).toMatch(/^x{8192}…$/)
  expect(safeMessage('short')).toBe('short')
})

test('safeJson() holds no control characters and reads back as the same', () => {
  const value = { 'a\u007f': ['\u001b[31m', '\u009b', '\u202e\u2028', 'line\nbreak\ttab'] }
  for (const indent of [undefined, 2]) {
    const text = safeJson(value, indent)
    expect(JSON.parse(text)).toEqual(value)
    expect(text.replaceAll('\n', '')).not.toMatch(/[\p{Cc}\u202e\u2028]/u)
  }
})

test('textTable() keeps a cell in its row', () => {
  expect(textTable([['sh -c "a\nb"', '\u001b[2J']])).toBe('sh -c "a\\nb"   \\x1b[2J\n')
})

test('errors and diagnostics hold no control characters of what they quote', () => {
  const evil = 'a\u001b[2J\u009b31m\u202eb'
  const options = { color: false, readSource: () => `image: ${evil}` }
  const span = { file: `${evil}.yaml`, line: 1, column: 1, endLine: 1, endColumn: 3 }
  const diagnostic: Diagnostic = {
    severity: 'error',
    code: 'bad-value',
    message: evil,
    hint: evil,
    span,
    related: [{ message: evil, span }],
  }
  const cause = new Error(`other ${evil}`)
  const error = new TcomposeError('image-pull', evil, { hint: evil, notes: [evil], span, cause })
  const texts = [
    renderError(error, options),
    renderDiagnostics([diagnostic], options),
    renderDiagnosticLines([diagnostic]),
  ]
  for (const text of texts) expect(text.replaceAll('\n', '')).not.toMatch(/[\p{Cc}\u202e]/u)
})
