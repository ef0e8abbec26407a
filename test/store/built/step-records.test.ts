import { statSync, utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { parseDigest } from '../../../src/base/digest.ts'
import {
  listStepRecords,
  parseStepKey,
  readStepRecord,
  removeStepRecord,
  type StepRecord,
  touchStepRecord,
  writeStepRecord,
} from '../../../src/store/built/step-records.ts'
import { temporaryFolder } from '../../support/temporary-folder.ts'

const KEY = parseStepKey('ab'.repeat(32))
const RECORD: StepRecord = {
  resultId: 'cd'.repeat(32),
  diffId: parseDigest(`sha256:${'ef'.repeat(32)}`),
  text: 'RUN npm ci',
  createdAt: 5,
}

function fileIn(data: string): string {
  return join(data, 'build/steps', KEY)
}

describe('step records', () => {
  test('are read as they were written', () => {
    using folder = temporaryFolder()
    const paths = { data: folder.path }
    expect(readStepRecord(paths, KEY)).toBeUndefined()
    expect(listStepRecords(paths)).toEqual([])
    writeStepRecord(paths, KEY, RECORD)
    expect(readStepRecord(paths, KEY)).toEqual(RECORD)
    expect(listStepRecords(paths)).toMatchObject([{ key: KEY, record: RECORD }])
    removeStepRecord(paths, KEY)
    expect(readStepRecord(paths, KEY)).toBeUndefined()
  })

  for (const content of ['', '{}', '{"version":99}', '{"version":1,"resultId":"x"}']) {
    test(`count as none when they hold ${JSON.stringify(content)}`, () => {
      using folder = temporaryFolder()
      const paths = { data: folder.path }
      writeStepRecord(paths, KEY, RECORD)
      writeFileSync(fileIn(folder.path), content)
      expect(readStepRecord(paths, KEY)).toBeUndefined()
      expect(listStepRecords(paths)).toEqual([])
    })
  }

  test('note their use once an hour', () => {
    using folder = temporaryFolder()
    const paths = { data: folder.path }
    writeStepRecord(paths, KEY, RECORD)
    const now = Date.now() / 1000
    const touchedAfter = (seconds: number): number => {
      utimesSync(fileIn(folder.path), now - seconds, now - seconds)
      touchStepRecord(paths, KEY)
      return Math.abs(Math.round(now - statSync(fileIn(folder.path)).mtimeMs / 1000))
    }
    expect(touchedAfter(600)).toBe(600)
    expect(touchedAfter(7200)).toBe(0)
    // A clock that was set back.
    expect(touchedAfter(-600)).toBe(0)
    expect(listStepRecords(paths)[0]?.usedAt).toBe(statSync(fileIn(folder.path)).mtimeMs)
  })

  test('that are gone need no note of their use', () => {
    using folder = temporaryFolder()
    expect(() => touchStepRecord({ data: folder.path }, KEY)).not.toThrow()
  })
})
