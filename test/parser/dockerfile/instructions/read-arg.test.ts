import { describe, expect, test } from 'vitest'
import { readArg } from '../../../../src/parser/dockerfile/instructions/read-arg.ts'
import { instructionOf, problemsOf } from '../../../support/dockerfile-text.ts'

describe(`${readArg.name}()`, () => {
  for (const { text, args } of [
    { text: 'ARG A', args: [['A', undefined]] },
    {
      text: 'ARG A= B',
      args: [
        ['A', ''],
        ['B', undefined],
      ],
    },
    {
      text: 'ARG A="b c" D=$A E=\\ f',
      args: [
        ['A', '"b c"'],
        ['D', '$A'],
        ['E', '\\ f'],
      ],
    },
    {
      text: 'ARG A=b \\\n # why\n\tC=d=e',
      args: [
        ['A', 'b'],
        ['C', 'd=e'],
      ],
    },
  ]) {
    test(`reads ${JSON.stringify(text)}`, () => {
      const instruction = instructionOf(text)
      const read = instruction.kind === 'arg' ? instruction.args : []
      expect(read.map(({ name, value }) => [name, value?.text])).toEqual(args)
    })
  }

  for (const { text, problems } of [
    {
      text: 'ARG',
      problems: [
        '2:1-4 [ARG] error: Cannot read ARG: the name is missing (write ARG NAME or ARG NAME=VALUE)',
      ],
    },
    { text: 'ARG a =b', problems: ['2:7-9 [=b] error: Cannot read ARG: no name is before "=b"'] },
    { text: 'ARG --x a', problems: ['2:5-8 [--x] warning: Flag "--x" has no effect: ARG has no flags'] },
  ]) {
    test(`reports what is wrong with ${JSON.stringify(text)}`, () => {
      expect(problemsOf(`FROM base\n${text}`)).toEqual(problems)
    })
  }
})
