import { appendFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { LogReader } from '../../../../src/engine/local/log/log-reader.ts'

let folder: string
let log: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'tc-log-'))
  log = join(folder, 'log')
})
afterEach(() => rmSync(folder, { recursive: true }))

function texts(reader: LogReader): string[] {
  return [...reader.read()].map(line => line.text)
}

test('LogReader.read() yields nothing for a file that is not there, and its lines once it is', () => {
  using reader = new LogReader(log)
  expect(texts(reader)).toEqual([])
  writeFileSync(log, 't stdout F one\n')
  expect(texts(reader)).toEqual(['one'])
})

test('LogReader.read() goes on where it ended and waits for a line to be whole', () => {
  writeFileSync(log, 't stdout F one\nt stdout F tw')
  using reader = new LogReader(log)
  expect(texts(reader)).toEqual(['one'])
  appendFileSync(log, 'o\n')
  expect(texts(reader)).toEqual(['two'])
})

test('LogReader.read() joins partial lines of a stream across the other stream', () => {
  writeFileSync(log, 't stdout P aa\nt stderr F err\nt stdout F bb\n')
  using reader = new LogReader(log)
  expect(texts(reader)).toEqual(['err', 'aabb'])
})

test('LogReader.read() keeps a character whole that a chunk cuts in two', () => {
  const text = `${'x'.repeat(256 * 1024 - 'a stdout F '.length - 1)}é`
  writeFileSync(log, `a stdout F ${text}\n`)
  using reader = new LogReader(log)
  expect(texts(reader)).toEqual([text])
})

test('LogReader.read() starts over when the file was cut', () => {
  writeFileSync(log, 't stdout F first one\n')
  using reader = new LogReader(log)
  texts(reader)
  writeFileSync(log, 't stdout F new\n')
  expect(texts(reader)).toEqual(['new'])
})

test('LogReader.read() keeps a character whole that is in two parts of a line', () => {
  const [first, second] = Buffer.from('é')
  writeFileSync(
    log,
    Buffer.concat([
      Buffer.from('t stdout P a'),
      Buffer.from([first ?? 0]),
      Buffer.from('\nt stdout F '),
      Buffer.from([second ?? 0, 10]),
    ]),
  )
  using reader = new LogReader(log)
  expect(texts(reader)).toEqual(['aé'])
})

test('LogReader.read() gives pieces of a line that is too long to be held', () => {
  const part = 'x'.repeat(16 * 1024)
  writeFileSync(log, `${`t stdout P ${part}\n`.repeat(40)}t stderr F oh\nt stdout F end\n`)
  using reader = new LogReader(log)
  const pieces = [...reader.read()]
  expect(pieces.map(({ stream, partial, text }) => [stream, partial, text.length])).toEqual([
    ['stdout', true, 16 * part.length],
    ['stdout', true, 16 * part.length],
    ['stderr', false, 2],
    ['stdout', false, 8 * part.length + 3],
  ])
})

test('LogReader.read() skips what is no record, however long', () => {
  writeFileSync(log, `${'x'.repeat(3 * 1024 * 1024)}\nt stdout F one\n`)
  using reader = new LogReader(log)
  expect(texts(reader)).toEqual(['one'])
})

const MIXED = [
  't stdout F one',
  't stdout P tw',
  't stderr F err',
  't stdout F o',
  't stderr P open',
  '',
].join('\n')
const tails = [
  { tail: 0, lines: [] },
  { tail: 1, lines: ['two'] },
  { tail: 2, lines: ['err', 'two'] },
  { tail: 3, lines: ['one', 'err', 'two'] },
  { tail: 9, lines: ['one', 'err', 'two'] },
]
for (const { tail, lines } of tails) {
  test(`LogReader.read() begins with the last ${tail} lines and goes on`, () => {
    writeFileSync(log, MIXED)
    using reader = new LogReader(log, tail)
    expect(texts(reader)).toEqual(lines)
    appendFileSync(log, 't stderr F ed\nt stdout F more\n')
    expect(texts(reader)).toEqual([tail === 0 ? 'ed' : 'opened', 'more'])
  })
}

test('LogReader.read() finds the tail of a long file by its end alone', () => {
  const text = 'y'.repeat(500)
  writeFileSync(log, `${`t stdout F ${text}\n`.repeat(5000)}t stdout F last but one\nt stdout F last\n`)
  using reader = new LogReader(log, 2)
  expect(texts(reader)).toEqual(['last but one', 'last'])
})

test('LogReader.read() ends however fast more is written', () => {
  writeFileSync(log, 't1 stdout F one\nt2 stdout F two\n')
  using reader = new LogReader(log)
  const texts: string[] = []
  for (const { text } of reader.read()) {
    texts.push(text)
    appendFileSync(log, 't3 stdout F more\n')
    if (texts.length > 9) break
  }
  expect(texts).toEqual(['one', 'two'])
  expect([...reader.read()].map(({ text }) => text)).toEqual(['more', 'more'])
})
