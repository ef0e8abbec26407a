import { describe, expect, test } from 'vitest'
import type { RunInstruction } from '../../../../src/model/dockerfile.ts'
import { readRun } from '../../../../src/parser/dockerfile/instructions/read-run.ts'
import { instructionOf, problemsOf } from '../../../support/dockerfile-text.ts'

function runOf(text: string): RunInstruction {
  const instruction = instructionOf(text)
  if (instruction.kind !== 'run') throw new Error(instruction.kind)
  return instruction
}

describe(`${readRun.name}()`, () => {
  for (const { text, command } of [
    { text: 'RUN a && b', command: { form: 'shell', command: 'a && b' } },
    { text: 'RUN ["a", "$B"]', command: { form: 'exec', argv: ['a', '$B'] } },
    { text: 'RUN --network=none ["a"]', command: { form: 'exec', argv: ['a'] } },
    { text: 'RUN', command: { form: 'shell', command: '' } },
    { text: 'RUN -- --mount=x', command: { form: 'shell', command: '--mount=x' } },
    { text: 'RUN a --mount=x', command: { form: 'shell', command: 'a --mount=x' } },
    { text: 'RUN a \\\\', command: { form: 'shell', command: 'a \\\\' } },
    { text: 'RUN a \\ \t\n  b\\\n\n# no\nc', command: { form: 'shell', command: 'a   bc' } },
    { text: 'RUN echo "a # b" # c', command: { form: 'shell', command: 'echo "a # b" # c' } },
  ]) {
    test(`reads the command of ${JSON.stringify(text)}`, () => {
      const run = runOf(text)
      expect(run.command).toEqual(command)
      expect(run.heredocs).toEqual([])
      expect(run.isScript).toBe(false)
    })
  }

  test('reads network and security', () => {
    const run = runOf('RUN --network=host --security=insecure a')
    expect([run.network?.text, run.security?.text]).toEqual(['host', 'insecure'])
  })

  for (const { text, docs, isScript } of [
    { text: 'RUN <<EOF\na\nEOF', docs: [['EOF', 'a\n', true]], isScript: true },
    { text: 'RUN <<"EOF"\n$a\nEOF', docs: [['EOF', '$a\n', false]], isScript: true },
    { text: 'RUN <<  EOF  \nEOF', docs: [['EOF', '', true]], isScript: true },
    { text: 'RUN --mount=target=/x <<EOF\na\r\nEOF\r', docs: [['EOF', 'a\r\n', true]], isScript: true },
    { text: "RUN <<'one two'\na\none two", docs: [['one two', 'a\n', false]], isScript: true },
    { text: "RUN <<e'o'\\f\na\neof", docs: [['eof', 'a\n', false]], isScript: true },
    { text: "RUN <<eo\\'f\na\neo'f", docs: [["eo'f", 'a\n', true]], isScript: true },
    { text: 'RUN <<$EOF\na\n$EOF', docs: [['$EOF', 'a\n', true]], isScript: true },
    {
      text: 'RUN cat <<EOF > f\n# a\n\n b \\\nEOF',
      docs: [['EOF', '# a\n\n b \\\n', true]],
      isScript: false,
    },
    { text: 'RUN <<EOF sh\na\nEOF', docs: [['EOF', 'a\n', true]], isScript: false },
    {
      text: 'RUN 3<<A sh 4<<-B\na\nA\n\tb\n\t\tB',
      docs: [
        ['A', 'a\n', true],
        ['B', 'b\n', true],
      ],
      isScript: false,
    },
    {
      text: 'RUN <<A <<B\nB\nA\nA\nB',
      docs: [
        ['A', 'B\n', true],
        ['B', 'A\n', true],
      ],
      isScript: false,
    },
    { text: 'RUN cat \\\n  <<A\nx\nA', docs: [['A', 'x\n', true]], isScript: false },
    { text: 'RUN echo ${a:-"}"} <<A\nx\nA', docs: [['A', 'x\n', true]], isScript: false },
    { text: 'RUN echo "$(x)" ${a/b"c"/d} $1 <<A\nx\nA', docs: [['A', 'x\n', true]], isScript: false },
  ]) {
    test(`reads the here-documents of ${JSON.stringify(text)}`, () => {
      const run = runOf(text)
      expect(run.heredocs.map(({ name, content, isExpanded }) => [name, content, isExpanded])).toEqual(docs)
      expect(run.isScript).toBe(isScript)
    })
  }

  for (const text of [
    'RUN "<<EOF"',
    'RUN a<<EOF',
    'RUN cat <<<EOF',
    'RUN \\<<EOF',
    'RUN <<""',
    'RUN <<',
    'RUN <<-  EOF',
    'RUN ["<<EOF"]',
    "RUN cat <<EOF it's",
    'RUN cat <<EOF "$',
    'RUN cat <<EOF ${x^^}',
    'RUN cat <<EOF ${}',
    'RUN cat <<EOF ${x',
    'CMD cat <<EOF',
  ]) {
    test(`finds no here-document in ${JSON.stringify(text)}`, () => {
      expect(problemsOf(`FROM base\n${text}`)).toEqual([])
    })
  }

  for (const { text, problems } of [
    {
      text: 'RUN [1]',
      problems: ['2:6-7 [1] error: Cannot read RUN: 1 in its array is no string (put it in quotes)'],
    },
    {
      text: 'RUN --security= a',
      problems: [
        '2:16-16 [] error: Cannot use flag "--security" of RUN: "" is no value of it (expected "insecure" or "sandbox")',
      ],
    },
    {
      text: 'RUN --network=hots a',
      problems: [
        '2:15-19 [hots] error: Cannot use flag "--network" of RUN: "hots" is no value of it (did you mean "host"?)',
      ],
    },
    {
      text: 'RUN --security=x a',
      problems: [
        '2:16-17 [x] error: Cannot use flag "--security" of RUN: "x" is no value of it (expected "insecure" or "sandbox")',
      ],
    },
    {
      text: 'RUN --mont=x a',
      problems: [
        '2:5-13 [--mont=x] error: Cannot use flag "--mont" of RUN: there is no such flag (did you mean "--mount"?)',
      ],
    },
    {
      text: 'RUN cat <<EOF\nRNU\n EOF\nx',
      problems: [
        '2:9-14 [<<EOF] error: Cannot read here-document "EOF": it does not end (remove the blanks round "EOF" in line 4)',
      ],
    },
    {
      text: 'RUN a \\\n <<A',
      problems: [
        '2:1-4 [RUN] error: Cannot read here-document "A": it does not end (end it with a line that is "A") <- 3:2-5 [<<A] here',
      ],
    },
    {
      text: 'RUN echo $((1 << 2))',
      problems: [
        '2:15-21 [<< 2))] error: Cannot read here-document "2))": it does not end (end it with a line that is "2))")',
      ],
    },
  ]) {
    test(`refuses ${JSON.stringify(text)}`, () => {
      expect(problemsOf(`FROM base\n${text}`)).toEqual(problems)
    })
  }
})
