import { describe, expect, test } from 'vitest'
import { parseDockerfile } from '../../../src/parser/dockerfile/parse-dockerfile.ts'
import { dockerfileOf, problemsOf, showSpan, textAt } from '../../support/dockerfile-text.ts'

describe('parseDockerfile()', () => {
  test('puts instructions into stages and ARG above FROM before them', () => {
    const { globalArgs, stages } = dockerfileOf(
      'ARG A=1\nARG B C\nFROM a:$A AS x\nRUN y\nARG B\n\nFROM x\nCOPY --from=x a b\n',
    )
    expect(globalArgs.map(({ args }) => args.map(({ name }) => name))).toEqual([['A'], ['B', 'C']])
    expect(
      stages.map(({ from, instructions }) => [from.image.text, ...instructions.map(({ kind }) => kind)]),
    ).toEqual([
      ['a:$A', 'run', 'arg'],
      ['x', 'copy'],
    ])
  })

  test('reads keywords in any case, behind blanks, with a byte order mark and CRLF', () => {
    const text = '\uFEFF  fRoM\ta\r\n \trUn b \\\r\n  c\r\n# x\r\n\r\nUSER d\r\n'
    const { stages, layout } = dockerfileOf(text)
    expect(stages[0]?.instructions).toMatchObject([
      { kind: 'run', text: 'rUn b   c', command: { command: 'b   c' } },
      { kind: 'user', text: 'USER d', user: { text: 'd' } },
    ])
    expect(layout.map(({ keyword }) => showSpan(text, keyword.span))).toEqual([
      '1:3-7 [fRoM]',
      '2:3-6 [rUn]',
      '6:1-5 [USER]',
    ])
  })

  test('spans an instruction from its keyword to the end of its last line', () => {
    const text = 'FROM a\n  RUN cat <<A \\\n   <<B\n1\nA\n2\nB\nRUN x \\\n # y\n  z \n'
    const instructions = dockerfileOf(text).stages[0]?.instructions ?? []
    expect(instructions.map(({ span }) => showSpan(text, span))).toEqual([
      '2:3-7:2 [RUN cat <<A \\\n   <<B\n1\nA\n2\nB]',
      '8:1-10:5 [RUN x \\\n # y\n  z ]',
    ])
  })

  test('keeps how instructions are written', () => {
    const text = '# not it\n\n# x is it\n#  and more \nfrom a as x\nRun b \\\n\n \\\n\n c\n# alone\n#\nUSER d'
    const { layout } = dockerfileOf(text)
    expect(layout.map(({ keyword, as, comments }) => [keyword.text, as?.text, comments])).toEqual([
      ['from', 'as', ['x is it', 'and more']],
      ['Run', undefined, []],
      ['USER', undefined, []],
    ])
    expect(layout.map(({ emptyLines }) => emptyLines.map(({ line }) => line))).toEqual([[], [7, 9], []])
    expect(layout[0]?.instruction).toBe(
      dockerfileOf(text).stages.length === 1 ? layout[0]?.instruction : undefined,
    )
  })

  for (const { text, command } of [
    { text: 'RUN a\\\nb', command: 'ab' },
    { text: 'RUN a \\  \t\n\tb', command: 'a \tb' },
    { text: 'RUN a \\\n# c\n  # d \\\nb', command: 'a b' },
    { text: 'RUN \\\n\\\n a', command: 'a' },
    { text: '\\\nRUN a', command: 'a' },
    { text: 'RUN a \\\\\nUSER b', command: 'a \\\\' },
    { text: 'RUN a \\', command: 'a' },
    { text: 'RUN a \\\n', command: 'a' },
    { text: 'RUN a \\ b', command: 'a \\ b' },
    { text: 'RUN\\\n a', command: 'a' },
    { text: 'R\\\nUN a', command: 'a' },
    { text: 'RUN a \\\n\n\n  b', command: 'a   b' },
  ]) {
    test(`joins the lines of ${JSON.stringify(text)}`, () => {
      const [run] = dockerfileOf(`FROM x\n${text}`).stages[0]?.instructions ?? []
      expect(run).toMatchObject({ kind: 'run', command: { command } })
    })
  }

  test('reports all errors at once, in the order of the file', () => {
    const text = 'USR x\nRUN a\nFROM\nENV a\nCOPY b\nRUN --mount=type=x c\nSTOPSIGNAL SIGX\nHEALTHCHECK\n'
    expect(problemsOf(text)).toEqual([
      '1:1-4 [USR] error: Unknown instruction "USR" (did you mean "USER"?)',
      '2:1-4 [RUN] error: Cannot use RUN here: no FROM is above it',
      '3:1-5 [FROM] error: Cannot read FROM: the image is missing (write FROM IMAGE or FROM IMAGE AS NAME)',
      '4:5-6 [a] error: Cannot read ENV: "a" has no value (write ENV a=VALUE)',
      '5:6-7 [b] error: Cannot read COPY: the destination is missing (write COPY SOURCE DESTINATION)',
      '6:18-19 [x] error: Cannot read flag "--mount" of RUN: "x" is no type of mount (expected "bind", "cache", "tmpfs", "secret" or "ssh")',
      '7:12-16 [SIGX] error: Cannot use signal "SIGX": it does not exist',
      '8:1-12 [HEALTHCHECK] error: Cannot read HEALTHCHECK: CMD or NONE is missing',
    ])
    expect(parseDockerfile(text, { file: 'Dockerfile' }).value).toBeUndefined()
  })

  for (const { text, problem } of [
    { text: '', problem: '1:1-1 [] error: Cannot read Dockerfile: it has no instructions' },
    { text: '\n# x\n\n', problem: '3:1-1 [] error: Cannot read Dockerfile: it has no instructions' },
    { text: '# x\n# y', problem: '2:1-1 [] error: Cannot read Dockerfile: it has no instructions' },
    { text: 'ARG A', problem: '1:1-1 [] error: Cannot read Dockerfile: it has no FROM' },
    { text: 'FROM a\nRNU x', problem: '2:1-4 [RNU] error: Unknown instruction "RNU" (did you mean "RUN"?)' },
    { text: 'FROM a\nxyzzy', problem: '2:1-6 [xyzzy] error: Unknown instruction "xyzzy"' },
    {
      text: 'FROM a\nFROMb c',
      problem: '2:1-6 [FROMb] error: Unknown instruction "FROMb" (did you mean "FROM"?)',
    },
    { text: 'FROM a\n\\\n', problem: '2:1-1 [] error: Cannot read instruction: it is empty' },
    {
      text: 'FROM a\n\u00a0RUN\u00a0x',
      problem: '2:2-7 [RUN\u00a0x] error: Unknown instruction "RUN\u00a0x" (did you mean "RUN"?)',
    },
  ]) {
    test(`refuses ${JSON.stringify(text)}`, () => {
      expect(problemsOf(text)).toEqual([problem])
    })
  }

  test('maps places where the text is part of another file', () => {
    const origin = {
      file: 'compose.yaml',
      place: (line: number, column: number) => ({
        file: 'compose.yaml',
        line: line + 10,
        column: column + 4,
        endLine: line + 10,
        endColumn: column + 5,
      }),
    }
    const { diagnostics } = parseDockerfile('FROM a\nRNU x', origin)
    expect(diagnostics.map(({ span }) => span)).toEqual([
      { file: 'compose.yaml', line: 12, column: 5, endLine: 12, endColumn: 8 },
    ])
    expect(parseDockerfile('', origin).diagnostics[0]?.span).toEqual({
      file: 'compose.yaml',
      line: 11,
      column: 5,
      endLine: 11,
      endColumn: 6,
    })
  })

  test('reads a thousand lines with every instruction', () => {
    const lines = Array.from(
      { length: 250 },
      (_, index) => `RUN a${index} && \\\n  b\nENV A${index}="x y" B=z\nCOPY --link a b /c/`,
    )
    const { stages } = dockerfileOf(`FROM a\n${lines.join('\n')}\n`)
    expect(stages[0]?.instructions.length).toBe(750)
  })

  test('takes no more time for long words, blanks and nesting than for as much text', () => {
    const long = 100_000
    for (const body of [
      `RUN ${' '.repeat(long)}x \\`,
      `RUN <<${' '.repeat(long)}<`,
      `RUN <<A ${'${a:-'.repeat(long)}`,
      `ENV ${'"'.repeat(long)}`,
      `ENV a=${'\\'.repeat(long)} b`,
      `CMD ${'['.repeat(long)}`,
      `COPY [${'"a",'.repeat(long)}"b"]`,
      `RUN --mount=${'"'.repeat(long)} x`,
      `RUN ${'a \\\n'.repeat(long)}`,
      `#${' '.repeat(long)}escape${' '.repeat(long)}x`,
      `HEALTHCHECK --interval=${'1'.repeat(long)} CMD x`,
    ]) {
      expect(parseDockerfile(`FROM a\n${body}`, { file: 'Dockerfile' }).diagnostics.length).toBeLessThan(3)
    }
  }, 20_000)
})

describe('directives', () => {
  for (const { text, expected } of [
    { text: '# escape=`\nFROM a', expected: { escape: '`', syntax: undefined } },
    {
      text: '#ESCAPE = ` \n# Syntax=docker/dockerfile:1\nFROM a',
      expected: { escape: '`', syntax: { text: 'docker/dockerfile:1' } },
    },
    { text: '# x\n# escape=`\nFROM a', expected: { escape: '\\' } },
    { text: '\n# escape=`\nFROM a', expected: { escape: '\\' } },
    { text: '# x=y\n# escape=`\nFROM a', expected: { escape: '\\' } },
    { text: '# escape=\nFROM a', expected: { escape: '\\' } },
    { text: '\uFEFF  # escape=`\r\nFROM a', expected: { escape: '`' } },
    {
      text: '#!/usr/bin/env x\n# syntax=docker/dockerfile:1.7 more\n# escape=`\nFROM a',
      expected: { escape: '\\', syntax: { text: 'docker/dockerfile:1.7' } },
    },
    {
      text: '# check=skip=JSONArgsRecommended, StageNameCasing;error=true\nFROM a',
      expected: {
        check: { skip: ['JSONArgsRecommended', 'StageNameCasing'], experimental: [], failsOnWarning: true },
      },
    },
    {
      text: '# check=skip=all;experimental=all\nFROM a',
      expected: { check: { skip: 'all', experimental: 'all', failsOnWarning: false } },
    },
    {
      text: '# check=error=false\nFROM a',
      expected: { check: { skip: [], experimental: [], failsOnWarning: false } },
    },
  ]) {
    test(`reads ${JSON.stringify(text)}`, () => {
      expect(dockerfileOf(text)).toMatchObject(expected)
      expect(problemsOf(text)).toEqual([])
    })
  }

  test('escape with a backtick is what continues lines and escapes', () => {
    const [run, env] =
      dockerfileOf('# escape=`\nFROM a\nRUN c:\\ `\n d\\\nENV a=b` c "d`"=e').stages[0]?.instructions ?? []
    expect(run).toMatchObject({ command: { command: 'c:\\  d\\' } })
    expect(env).toMatchObject({
      entries: [{ name: { text: 'a' }, value: { text: 'b` c' } }, { value: { text: 'e' } }],
    })
  })

  for (const { text, problems } of [
    {
      text: '# escape=\\\n# escape=`\nFROM a',
      problems: [
        '1:1-11 [# escape=\\] error: Cannot use directive "escape": it is there twice (remove one of them) <- 2:1-11 [# escape=`] "escape" is there again',
      ],
    },
    {
      text: '# escape=x\nFROM a',
      problems: ['1:10-11 [x] error: Cannot use escape character "x": expected "\\" or "`"'],
    },
    {
      text: '# check=skpi=all\nFROM a',
      problems: [
        '1:9-17 [skpi=all] error: Cannot read directive "check": "skpi" is no option of it (did you mean "skip"?)',
      ],
    },
    {
      text: '# check=all\nFROM a',
      problems: [
        '1:9-12 [all] error: Cannot read directive "check": "all" is no option of it (expected "skip", "error" or "experimental")',
      ],
    },
    {
      text: '# check=error=yes\nFROM a',
      problems: [
        '1:9-18 [error=yes] error: Cannot read directive "check": "error" is "yes", expected "true" or "false"',
      ],
    },
    {
      text: '# syntax=docker/dockerfile:1-labs\nFROM a',
      problems: [
        '1:10-34 [docker/dockerfile:1-labs] warning: Syntax "docker/dockerfile:1-labs" is not loaded: the file is read as docker/dockerfile:1',
      ],
    },
  ]) {
    test(`reports what is wrong with ${JSON.stringify(text)}`, () => {
      expect(problemsOf(text)).toEqual(problems)
    })
  }

  for (const name of [
    'docker/dockerfile:1',
    'docker.io/docker/dockerfile:1.4.0',
    'docker/dockerfile',
    'docker/dockerfile:latest',
  ]) {
    test(`says nothing about syntax ${name}`, () => {
      expect(problemsOf(`# syntax=${name}\nFROM a`)).toEqual([])
    })
  }

  test('the span of the syntax is that of its name', () => {
    const text = '#  syntax = docker/dockerfile:1  x\nFROM a'
    const { syntax } = dockerfileOf(text)
    expect(syntax === undefined ? '' : textAt(text, syntax.span)).toBe('docker/dockerfile:1')
  })
})
