import { expect, test } from 'vitest'
import { parseStat } from '../../../../src/engine/local/observe/list-processes.ts'

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
