import { appendFileSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { LogReader } from '../../../../src/engine/local/log/log-reader.ts'
import { packLog } from '../../../../src/engine/local/log/pack-log.ts'

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
    using reader = new LogReader(log, { tail })
    expect(texts(reader)).toEqual(lines)
    appendFileSync(log, 't stderr F ed\nt stdout F more\n')
    expect(texts(reader)).toEqual([tail === 0 ? 'ed' : 'opened', 'more'])
  })
}

test('LogReader.read() finds the tail of a long file by its end alone', () => {
  const text = 'y'.repeat(500)
  writeFileSync(log, `${`t stdout F ${text}\n`.repeat(5000)}t stdout F last but one\nt stdout F last\n`)
  using reader = new LogReader(log, { tail: 2 })
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

/** Makes the file that is written to full, as the keeper does, and begins another. */
function rotate(number: number, text = ''): void {
  renameSync(log, `${log}.${number}`)
  writeFileSync(log, text)
}

test('LogReader.read() reads full files before the one that is written to, by number', () => {
  for (const number of [9, 10]) writeFileSync(`${log}.${number}`, `t stdout F ${number}\n`)
  writeFileSync(log, 't stdout F 11\n')
  using reader = new LogReader(log)
  expect(texts(reader)).toEqual(['9', '10', '11'])
  expect(texts(reader)).toEqual([])
})

test('LogReader.read() follows a log from file to file, each line once', () => {
  writeFileSync(log, 't stdout F 1\n')
  using reader = new LogReader(log)
  expect(texts(reader)).toEqual(['1'])
  appendFileSync(log, 't stdout F 2\n')
  rotate(1, 't stdout F 3\n')
  rotate(2, 't stdout F 4\n')
  rotate(3, 't stdout P 5 and ')
  expect(texts(reader)).toEqual(['2', '3', '4'])
  appendFileSync(log, '\n')
  rotate(4, 't stdout F more\n')
  expect(texts(reader)).toEqual(['5 and more'])
})

test('LogReader.read() goes on with what is left where files were removed unread', () => {
  writeFileSync(log, 't stdout F 1\n')
  using reader = new LogReader(log)
  texts(reader)
  rotate(1, 't stdout F 2\n')
  rotate(2, 't stdout F 3\n')
  for (const number of [1, 2]) rmSync(`${log}.${number}`)
  expect(texts(reader)).toEqual(['3'])
})

test('LogReader.read() waits where a keeper was killed before the next file had its name', () => {
  writeFileSync(log, 't stdout F 1\n')
  using reader = new LogReader(log)
  texts(reader)
  appendFileSync(log, 't stdout F 2\n')
  renameSync(log, `${log}.1`)
  expect(texts(reader)).toEqual(['2'])
  expect(texts(reader)).toEqual([])
  writeFileSync(log, 't stdout F 3\n')
  expect(texts(reader)).toEqual(['3'])
})

test('LogReader.read() does not read a file again that is packed meanwhile', async () => {
  writeFileSync(log, 't stdout F 1\n')
  using reader = new LogReader(log)
  expect(texts(reader)).toEqual(['1'])
  rotate(1, 't stdout F 2\n')
  await packLog(log, 1)
  rotate(2, 't stdout F 3\n')
  await packLog(log, 2)
  expect(texts(reader)).toEqual(['2', '3'])
})

test('LogReader.read() finds the last lines in full and packed files', async () => {
  writeFileSync(`${log}.1`, 't stdout F 1\nt stdout F 2\n')
  writeFileSync(`${log}.2`, 't stdout F 3\nt stdout P 4 ')
  appendFileSync(`${log}.2`, '\n')
  writeFileSync(log, 't stdout F ends\nt stdout F 5\n')
  await packLog(log, 1)
  for (const [tail, expected] of [
    [0, []],
    [1, ['5']],
    [2, ['4 ends', '5']],
    [3, ['3', '4 ends', '5']],
    [4, ['2', '3', '4 ends', '5']],
    [9, ['1', '2', '3', '4 ends', '5']],
  ] as const) {
    using reader = new LogReader(log, { tail })
    expect(texts(reader)).toEqual(expected)
  }
})

test('LogReader.read() reads on behind the last lines while files become full', () => {
  writeFileSync(`${log}.1`, 't stderr F a\nt stdout F 1\n')
  writeFileSync(log, 't stdout F 2\n')
  using reader = new LogReader(log, { tail: 2 })
  expect(reader.open()).toBe(true)
  rotate(2, 't stderr F b\n')
  appendFileSync(`${log}.2`, 't stderr F late\n')
  expect(texts(reader)).toEqual(['1', '2', 'late', 'b'])
})

test('LogReader.mark is where another reader goes on, with a line that was not whole', () => {
  writeFileSync(`${log}.1`, 't stdout F 1\n')
  writeFileSync(log, 't stdout F 2\nt stdout P 3 ')
  appendFileSync(log, '\nt stderr F e\n')
  using reader = new LogReader(log)
  expect(reader.mark).toEqual({ number: 0, position: 0 })
  expect(texts(reader)).toEqual(['1', '2', 'e'])
  const { mark } = reader
  expect(mark).toEqual({ number: 2, position: 13 })
  rotate(2, 't stdout F whole\n')
  using next = new LogReader(log, { from: mark })
  expect(texts(next)).toEqual(['e', '3 whole'])
  expect(next.mark).toEqual({ number: 3, position: 17 })
})

test('LogReader.read() begins with what is left where the files of a mark are gone', () => {
  writeFileSync(`${log}.7`, 't stdout F 7\n')
  using reader = new LogReader(log, { from: { number: 3, position: 500 } })
  expect(texts(reader)).toEqual(['7'])
})
