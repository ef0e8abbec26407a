import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { expandTemplate } from '../../../src/parser/interpolate/expand-template.ts'

const VARIABLES = new Map([
  ['A', 'a'],
  ['B', 'b'],
  ['EMPTY', ''],
])

function expand(template: string) {
  const unset: string[] = []
  const problems: string[] = []
  const text = expandTemplate(template, {
    lookup: name => VARIABLES.get(name),
    onUnset: name => unset.push(name),
    onProblem: problem =>
      problems.push(
        problem.kind === 'malformed' ? problem.expression : `${problem.name}: ${problem.message}`,
      ),
  })
  return { text, unset, problems }
}

describe('expandTemplate()', () => {
  const values: readonly (readonly [template: string, text: string])[] = [
    ['plain', 'plain'],
    ['$A', 'a'],
    ['${A}', 'a'],
    ['$A-bar', 'a-bar'],
    ['$$A', '$A'],
    ['$', '$'],
    ['$}', '$}'],
    ['^x$', '^x$'],
    ['$1', '$1'],
    ['${EMPTY:-d}', 'd'],
    ['${EMPTY-d}', ''],
    ['${NO-d}', 'd'],
    ['${NO:-}', ''],
    ['${A:+x}', 'x'],
    ['${EMPTY:+x}', ''],
    ['${EMPTY+x}', 'x'],
    ['${NO+x}', ''],
    ['${A:?m}', 'a'],
    ['${EMPTY?m}', ''],
    ['${NO:-${B}}', 'b'],
    ['${NO:-${NO2:-$A}-${B}}', 'a-b'],
    ['${NO:-{"x":1}}', '{"x":1}'],
    ['${NO-b:?c}', 'b:?c'],
    ['${NO:-$$}', '$'],
    ['${A:-${NO:?never}}', 'a'],
  ]
  for (const [template, text] of values) {
    test(`expands ${template} to ${JSON.stringify(text)} with no complaint`, () => {
      expect(expand(template)).toEqual({ text, unset: [], problems: [] })
    })
  }

  for (const template of ['$NO', '${NO}', '${NO2:-$NO}']) {
    test(`tells that a variable of ${template} is not set`, () => {
      expect(expand(template)).toMatchObject({ text: '', unset: ['NO'], problems: [] })
    })
  }

  const problems: readonly (readonly [template: string, problem: string])[] = [
    ['${', '${'],
    ['a ${A', '${A'],
    ['${}', '${}'],
    ['${ A}', '${ A}'],
    ['${A }', '${A }'],
    ['${A!}', '${A!}'],
    ['${A/b}', '${A/b}'],
    ['${NO?say $A}', 'NO: say a'],
    ['${EMPTY:?}', 'EMPTY: '],
  ]
  for (const [template, problem] of problems) {
    test(`refuses ${template}`, () => {
      expect(expand(template).problems).toEqual([problem])
    })
  }

  test('ends with text for any template', () => {
    const piece = fc.constantFrom('$', '{', '}', 'A', 'NO', ':-', '?', '+', ' ', '$$', '${')
    fc.assert(
      fc.property(
        fc.array(piece, { maxLength: 40 }),
        pieces => typeof expand(pieces.join('')).text === 'string',
      ),
    )
  })
})
