import { describe, expect, test } from 'vitest'
import {
  readCmd,
  readEntrypoint,
  readShell,
} from '../../../../src/parser/dockerfile/instructions/read-process.ts'
import { instructionOf, problemsOf } from '../../../support/dockerfile-text.ts'

function commandOf(text: string) {
  const instruction = instructionOf(text)
  return instruction.kind === 'cmd' || instruction.kind === 'entrypoint' ? instruction.command : undefined
}

describe(`${readCmd.name}() and ${readEntrypoint.name}()`, () => {
  for (const { text, command } of [
    { text: 'CMD a "b  c" $D', command: { form: 'shell', command: 'a "b  c" $D' } },
    { text: 'CMD ["a", "b\\n", "\\u00e4"]', command: { form: 'exec', argv: ['a', 'b\n', 'ä'] } },
    { text: 'ENTRYPOINT []', command: { form: 'exec', argv: [] } },
    { text: 'ENTRYPOINT', command: { form: 'shell', command: '' } },
    { text: "CMD ['a']", command: { form: 'shell', command: "['a']" } },
    { text: 'CMD ["a",]', command: { form: 'shell', command: '["a",]' } },
    { text: 'CMD ["a"] && b', command: { form: 'shell', command: '["a"] && b' } },
    { text: 'CMD ["a" \\\n# why\n, "b"]', command: { form: 'exec', argv: ['a', 'b'] } },
    { text: 'CMD a && \\\n  # why\n\n  b', command: { form: 'shell', command: 'a &&   b' } },
    { text: 'CMD ["\\ud800"]', command: { form: 'exec', argv: ['\ufffd'] } },
  ]) {
    test(`reads ${JSON.stringify(text)}`, () => {
      expect(commandOf(text)).toEqual(command)
    })
  }

  for (const { text, problems } of [
    {
      text: 'CMD ["a", 1]',
      problems: ['2:11-12 [1] error: Cannot read CMD: 1 in its array is no string (put it in quotes)'],
    },
    {
      text: 'CMD [null]',
      problems: ['2:6-10 [null] error: Cannot read CMD: null in its array is no string (put it in quotes)'],
    },
    {
      text: 'ENTRYPOINT [{"a": ["]"]}]',
      problems: [
        '2:13-25 [{"a": ["]"]}] error: Cannot read ENTRYPOINT: {"a": ["]"]} in its array is no string (put it in quotes)',
      ],
    },
    { text: 'CMD --x a', problems: ['2:5-8 [--x] error: Cannot use flag "--x" of CMD: CMD has no flags'] },
  ]) {
    test(`refuses ${JSON.stringify(text)}`, () => {
      expect(problemsOf(`FROM base\n${text}`)).toEqual(problems)
    })
  }
})

describe(`${readShell.name}()`, () => {
  test('reads an array', () => {
    expect(instructionOf('SHELL ["/bin/bash", "-c"]')).toMatchObject({
      kind: 'shell',
      argv: ['/bin/bash', '-c'],
    })
  })

  for (const { text, problem } of [
    { text: 'SHELL', problem: '2:1-6 [SHELL] error: Cannot read SHELL: the program is missing' },
    { text: 'SHELL []', problem: '2:7-9 [[]] error: Cannot read SHELL: the program is missing' },
    {
      text: 'SHELL bash -c',
      problem: '2:7-14 [bash -c] error: Cannot read SHELL: it is no JSON array of strings',
    },
  ]) {
    test(`refuses ${JSON.stringify(text)}`, () => {
      expect(problemsOf(`FROM base\n${text}`)).toEqual([`${problem} (write SHELL ["/bin/sh", "-c"])`])
    })
  }
})
