import { appendFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { LogReader } from '../../../src/engine/log/log-reader.ts'

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
