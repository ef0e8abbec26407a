import { expect, test } from 'vitest'
import { parseStat, processRow } from '../../../../src/engine/local/observe/list-processes.ts'

const REST = 'S 7 1 1 34817 1 4194560 0 0 0 0 150 50 0 0 20 0 1 0 1000 0 0'

test('parseStat() reads times in hundredths of a second, and the terminal', () => {
  expect(parseStat(`42 (sh) ${REST}`, 5000)).toEqual({
    parentPid: 7,
    cpuMs: 2000,
    startedAt: 15_000,
    terminal: 'pts/1',
  })
})

test('parseStat() is not led astray by a name with a parenthesis', () => {
  expect(parseStat(`42 (a) S 9 (b) ${REST}`, 0)).toMatchObject({ parentPid: 7 })
})

test('processRow() shows what the kernel tells as ps -ef does, and a question mark for no terminal', () => {
  const process = {
    ...{ pid: 42, parentPid: 7, uid: 1000, terminal: undefined, command: 'sleep 600' },
    ...{ startedAt: Date.parse('2026-11-23T12:34:56Z'), cpuMs: 3_690_500 },
  }
  const now = process.startedAt + 4 * process.cpuMs
  expect(processRow(process, now)).toEqual([
    ...['1000', '42', '7', '25', '12:34', '?', '01:01:30', 'sleep 600'],
  ])
  expect(processRow({ ...process, terminal: 'pts/3' }, now)[5]).toBe('pts/3')
  expect(processRow(process, now + 86_400_000)[4]).toBe('Nov23')
})
