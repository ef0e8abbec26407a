import { describe, expect, test } from 'vitest'
import { readEnv, readLabel } from '../../../../src/parser/dockerfile/instructions/read-pairs.ts'
import { instructionOf, problemsOf, textAt } from '../../../support/dockerfile-text.ts'

function pairsOf(text: string) {
  const instruction = instructionOf(text)
  if (instruction.kind !== 'env' && instruction.kind !== 'label') throw new Error(instruction.kind)
  return instruction.entries.map(({ name, value, isOldForm }) => [name.text, value.text, isOldForm])
}

describe(`${readEnv.name}() and ${readLabel.name}()`, () => {
  for (const { text, pairs } of [
    { text: 'ENV a=b', pairs: [['a', 'b', false]] },
    { text: 'ENV a=', pairs: [['a', '', false]] },
    {
      text: 'ENV a=b=c d="e f" g=\'h "i\' j=k\\ l',
      pairs: [
        ['a', 'b=c', false],
        ['d', '"e f"', false],
        ['g', "'h \"i'", false],
        ['j', 'k\\ l', false],
      ],
    },
    {
      text: 'ENV a="b\\" c" d=$X${Y:-z}',
      pairs: [
        ['a', '"b\\" c"', false],
        ['d', '$X${Y:-z}', false],
      ],
    },
    {
      text: 'ENV a=${X:-b c=d}',
      pairs: [
        ['a', '${X:-b', false],
        ['c', 'd}', false],
      ],
    },
    {
      text: "ENV a='b\\' c=d",
      pairs: [
        ['a', "'b\\'", false],
        ['c', 'd', false],
      ],
    },
    { text: 'ENV a="b c=d', pairs: [['a', '"b c=d', false]] },
    {
      text: 'ENV a="x"\'y\'z\\" b=c',
      pairs: [
        ['a', '"x"\'y\'z\\"', false],
        ['b', 'c', false],
      ],
    },
    { text: 'ENV a b  c=d "e"', pairs: [['a', 'b  c=d "e"', true]] },
    { text: 'ENV "a b=c"=d', pairs: [['"a b', 'c"=d', false]] },
    {
      text: 'LABEL "com.example"="x y" z=1',
      pairs: [
        ['"com.example"', '"x y"', false],
        ['z', '1', false],
      ],
    },
    {
      text: 'LABEL a\\\n=b \\\n  c=d',
      pairs: [
        ['a', 'b', false],
        ['c', 'd', false],
      ],
    },
    { text: 'label k v w', pairs: [['k', 'v w', true]] },
  ]) {
    test(`reads ${JSON.stringify(text)}`, () => {
      expect(pairsOf(text)).toEqual(pairs)
    })
  }

  test('drops an escape character at the very end', () => {
    expect(pairsOf('ENV a=b\\\\\\')).toEqual([['a', 'b\\\\', false]])
  })

  test('gives names and values their places, in later lines too', () => {
    const text = 'FROM base\nENV first="1 2" \\\n  # why\n  second=2'
    const instruction = instructionOf(text.slice(10))
    const entries = instruction.kind === 'env' ? instruction.entries : []
    const places = entries.flatMap(({ name, value }) => [name.span, value.span])
    expect(places.map(span => [span.line, span.column, textAt(text, span)])).toEqual([
      [2, 5, 'first'],
      [2, 11, '"1 2"'],
      [4, 3, 'second'],
      [4, 10, '2'],
    ])
  })

  for (const { text, problems } of [
    {
      text: 'ENV',
      problems: ['2:1-4 [ENV] error: Cannot read ENV: the name is missing (write ENV NAME=VALUE)'],
    },
    { text: 'ENV a', problems: ['2:5-6 [a] error: Cannot read ENV: "a" has no value (write ENV a=VALUE)'] },
    {
      text: 'ENV a=b c d',
      problems: [
        '2:9-10 [c] error: Cannot read ENV: "c" has no "=" (put a value with blanks in quotes, or write c=VALUE)',
        '2:11-12 [d] error: Cannot read ENV: "d" has no "=" (put a value with blanks in quotes, or write d=VALUE)',
      ],
    },
    { text: 'LABEL =b a=c', problems: ['2:7-9 [=b] error: Cannot read LABEL: no name is before "=b"'] },
    {
      text: 'LABEL --x a=b',
      problems: ['2:7-10 [--x] error: Cannot use flag "--x" of LABEL: LABEL has no flags'],
    },
    {
      text: 'ENV a=b \\\n  c',
      problems: [
        '2:1-4 [ENV] error: Cannot read ENV: "c" has no "=" (put a value with blanks in quotes, or write c=VALUE) <- 3:3-4 [c] here',
      ],
    },
  ]) {
    test(`refuses ${JSON.stringify(text)}`, () => {
      expect(problemsOf(`FROM base\n${text}`)).toEqual(problems)
    })
  }
})
