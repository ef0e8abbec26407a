import { describe, expect, test } from 'vitest'
import type { CopyInstruction } from '../../../../src/model/dockerfile.ts'
import { readAdd, readCopy } from '../../../../src/parser/dockerfile/instructions/read-copy.ts'
import { instructionOf, problemsOf, textAt } from '../../../support/dockerfile-text.ts'

function copyOf(text: string): CopyInstruction {
  const instruction = instructionOf(text)
  if (instruction.kind !== 'copy' && instruction.kind !== 'add') throw new Error(instruction.kind)
  return instruction
}

describe(`${readCopy.name}() and ${readAdd.name}()`, () => {
  for (const { text, paths } of [
    { text: 'COPY a b', paths: ['a', 'b'] },
    { text: 'COPY  a\tb  c/ ', paths: ['a', 'b', 'c/'] },
    { text: 'COPY "a b" c', paths: ['"a', 'b"', 'c'] },
    { text: 'COPY a\\ b c', paths: ['a\\', 'b', 'c'] },
    { text: 'COPY ["a b", "c\\u0041", "$D"]', paths: ['a b', 'cA', '$D'] },
    { text: 'COPY ["a" , "b" ] ', paths: ['a', 'b'] },
    { text: 'COPY ["a", "b",] c', paths: ['["a",', '"b",]', 'c'] },
    { text: "ADD ['a', 'b']", paths: ["['a',", "'b']"] },
    { text: 'ADD https://example.com/a?b=c&d /x', paths: ['https://example.com/a?b=c&d', '/x'] },
    { text: 'COPY --link -- --a b', paths: ['--a', 'b'] },
  ]) {
    test(`reads the paths of ${JSON.stringify(text)}`, () => {
      const { sources, destination } = copyOf(text)
      expect([...sources, destination].map(word => word.text)).toEqual(paths)
    })
  }

  test('gives words and strings of an array their places', () => {
    const text = 'FROM base\nCOPY ["a\\"b", \\\n "c, d", "[e]"]'
    const { sources, destination } = copyOf(text.slice(10))
    expect([...sources, destination].map(({ span }) => textAt(text, span))).toEqual([
      '"a\\"b"',
      '"c, d"',
      '"[e]"',
    ])
  })

  test('reads every flag of COPY', () => {
    const flags = '--from=x --chown=1:2 --chmod=0644 --link --parents=TRUE --exclude=*.a --exclude="b c"'
    expect(copyOf(`COPY ${flags} a b`)).toMatchObject({
      kind: 'copy',
      from: { text: 'x' },
      chown: { text: '1:2' },
      chmod: { text: '0644' },
      link: true,
      parents: true,
      excludes: [{ text: '*.a' }, { text: 'b c' }],
    })
  })

  test('reads every flag of ADD', () => {
    const flags = '--checksum=sha256:0 --keep-git-dir=true --unpack=false --link=false --exclude=x'
    expect(copyOf(`ADD ${flags} a b`)).toMatchObject({
      kind: 'add',
      checksum: { text: 'sha256:0' },
      keepGitDir: true,
      unpack: false,
      link: false,
      excludes: [{ text: 'x' }],
    })
  })

  test('takes what flags say without their quotes and backslashes', () => {
    const { chown, from } = copyOf('COPY --chown=\'$A\'"b"\\c --from= d e')
    expect(chown?.text).toBe('$Abc')
    expect(from).toBeUndefined()
  })

  test('reads here-documents as sources, the one of a name that is last', () => {
    const { sources, heredocs } = copyOf('COPY <<-A x <<"B" <<A /d\n\t1\n\tA\n$2\nB\n3\nA')
    expect(sources.map(word => word.text)).toEqual(['<<-A', 'x', '<<"B"', '<<A'])
    expect(
      [...heredocs].map(([index, { name, content, isExpanded }]) => [index, name, content, isExpanded]),
    ).toEqual([
      [0, 'A', '3\n', true],
      [2, 'B', '$2\n', false],
      [3, 'A', '3\n', true],
    ])
  })

  test('removes tabs of <<- from the content alone', () => {
    const { heredocs } = copyOf('COPY <<-A /d\n\t\t1\n \t2\n\tA')
    expect(heredocs.get(0)).toMatchObject({ content: '1\n \t2\n', source: '\t\t1\n \t2\n', stripsTabs: true })
  })

  test('takes no body for a here-document in an array', () => {
    expect(copyOf('COPY ["<<A", "/d"]').heredocs.get(0)).toMatchObject({ name: 'A', content: '' })
  })

  for (const { text, problems } of [
    {
      text: 'COPY',
      problems: [
        '2:1-5 [COPY] error: Cannot read COPY: source and destination are missing (write COPY SOURCE DESTINATION)',
      ],
    },
    {
      text: 'ADD a',
      problems: [
        '2:5-6 [a] error: Cannot read ADD: the destination is missing (write ADD SOURCE DESTINATION)',
      ],
    },
    {
      text: 'COPY ["a"]',
      problems: [
        '2:7-10 ["a"] error: Cannot read COPY: the destination is missing (write COPY SOURCE DESTINATION)',
      ],
    },
    {
      text: 'COPY ["a", 1, [2]]',
      problems: ['2:12-13 [1] error: Cannot read COPY: 1 in its array is no string (put it in quotes)'],
    },
    {
      text: 'COPY [["a", "}"], "b"]',
      problems: [
        '2:7-17 [["a", "}"]] error: Cannot read COPY: ["a", "}"] in its array is no string (put it in quotes)',
      ],
    },
    {
      text: 'COPY --from=a$B c d',
      problems: [
        '2:13-16 [a$B] error: Cannot use flag "--from" of COPY: "a$B" has a variable, and it takes none (name a stage with FROM and use that name)',
      ],
    },
    {
      text: 'COPY --chown a b --x c',
      problems: ['2:6-13 [--chown] error: Cannot use flag "--chown" of COPY: expected --chown=VALUE'],
    },
    {
      text: 'COPY --link=yes --parents= a b',
      problems: [
        '2:6-16 [--link=yes] error: Cannot use flag "--link" of COPY: it is "yes", expected "true" or "false"',
        '2:17-27 [--parents=] error: Cannot use flag "--parents" of COPY: it is "", expected "true" or "false"',
      ],
    },
    {
      text: 'COPY --chmod=1 --chmod=2 --checksum=x a b',
      problems: [
        '2:16-25 [--chmod=2] error: Cannot read COPY: flag "--chmod" is there twice',
        '2:26-38 [--checksum=x] error: Cannot use flag "--checksum" of COPY: there is no such flag (expected "--chown", "--chmod", "--link", "--exclude", "--from" or "--parents")',
      ],
    },
    {
      text: 'ADD --chwon=x a b',
      problems: [
        '2:5-14 [--chwon=x] error: Cannot use flag "--chwon" of ADD: there is no such flag (did you mean "--chown"?)',
      ],
    },
    {
      text: 'COPY --constructor=x a b',
      problems: [
        '2:6-21 [--constructor=x] error: Cannot use flag "--constructor" of COPY: there is no such flag (expected "--chown", "--chmod", "--link", "--exclude", "--from" or "--parents")',
      ],
    },
    {
      text: 'COPY a <<EOF\nx\nEOF',
      problems: ['2:8-13 [<<EOF] error: Cannot read COPY: a here-document cannot be its destination'],
    },
  ]) {
    test(`refuses ${JSON.stringify(text)}`, () => {
      expect(problemsOf(`FROM base\n${text}`)).toEqual(problems)
    })
  }
})
