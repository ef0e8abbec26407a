import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { isAlive, readProcessStat, readText } from '../../src/linux/process-stat.ts'
import { useBulkCalls } from '../../src/linux/small-file.ts'
import { IMPLEMENTATIONS } from '../disk/bulk/implementations.ts'

const NOBODY = 2 ** 22 + 1

describe.each(IMPLEMENTATIONS)('$how', ({ calls }) => {
  beforeAll(() => useBulkCalls(calls))
  afterAll(() => useBulkCalls(undefined))

  test('readProcessStat() describes a process, and none that is not there', () => {
    const stat = readProcessStat(process.pid)
    expect(stat).toMatchObject({ parentPid: process.ppid, isExiting: false })
    expect(isAlive(process.pid, stat?.startTime ?? 0)).toBe(true)
    expect(isAlive(process.pid, 0)).toBe(false)
    expect(readProcessStat(NOBODY)).toBeUndefined()
  })

  test('readText() gives each byte as a character, and nothing where nothing is', () => {
    expect(readText('/proc/self/cmdline')).toContain('\0')
    expect(readText(`/proc/${NOBODY}/stat`)).toBe('')
    expect(() => readText('/proc/self')).toThrow('EISDIR')
  })
})
