import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import {
  readHealthRecord,
  readLiveRecord,
  readRenewedDevices,
  readRestartRecord,
  requireSoundLiveRecord,
  writeRenewedDevices,
} from '../../../../src/engine/local/state/live-files.ts'

let folder: string
let path: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'tcompose-live-files-'))
  path = join(folder, 'record.json')
})
afterEach(() => rmSync(folder, { recursive: true }))

const write = (value: unknown) => writeFileSync(path, JSON.stringify(value))
const run = { pid: 1, startTime: 2, startedAt: 3000 }

describe('readLiveRecord()', () => {
  test('has none without a file', () => expect(readLiveRecord(path)).toBeUndefined())
  test('returns what was written', () => {
    const record = { version: 1, id: 'a', name: 'b', service: 'c', endpoints: [], restart: { kind: 'no' } }
    write(record)
    expect(readLiveRecord(path)).toEqual(record)
  })
  for (const { what, text, code } of [
    { what: 'text that is no record', text: 'nonsense', code: 'state-corrupt' },
    { what: 'a later format', text: '{"version":2}', code: 'state-version' },
    { what: 'a record that lacks a field', text: '{"version":1}', code: 'state-corrupt' },
  ]) {
    test(`has none in ${what}, which requireSoundLiveRecord() rejects`, () => {
      writeFileSync(path, text)
      expect(readLiveRecord(path)).toBeUndefined()
      expect(() => requireSoundLiveRecord(path)).toThrow(expect.objectContaining({ code }))
    })
  }
})

describe('readHealthRecord()', () => {
  const healthy = { version: 1, status: 'healthy', failingStreak: 0, log: [], runStartedAt: 3000 }
  test('is starting without a file', () => {
    expect(readHealthRecord(path, run)).toMatchObject({ status: 'starting', runStartedAt: 3000 })
  })
  test('returns what was written about this run', () => {
    write(healthy)
    expect(readHealthRecord(path, run)).toEqual(healthy)
  })
  test('is starting when the file is about an earlier run', () => {
    write({ ...healthy, runStartedAt: 2999 })
    expect(readHealthRecord(path, run)).toMatchObject({ status: 'starting', log: [] })
  })
})

describe('readRenewedDevices()', () => {
  test('returns what was written, and nothing of a file that is missing or damaged', () => {
    expect(readRenewedDevices(path)).toBeUndefined()
    writeRenewedDevices(path, { environment: ['A=1'], groups: [7] })
    expect(readRenewedDevices(path)).toMatchObject({ environment: ['A=1'], groups: [7] })
    writeFileSync(path, '{')
    expect(readRenewedDevices(path)).toBeUndefined()
  })
})

describe('readRestartRecord()', () => {
  test('counts none without a file', () => {
    expect(readRestartRecord(path)).toEqual({ version: 1, count: 0, nextAt: undefined, delayMs: 0 })
  })
  test('returns what was written', () => {
    write({ version: 1, count: 3, nextAt: 77, delayMs: 400 })
    expect(readRestartRecord(path)).toEqual({ version: 1, count: 3, nextAt: 77, delayMs: 400 })
  })
})
