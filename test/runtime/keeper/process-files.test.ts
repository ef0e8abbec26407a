import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { isAlive } from '../../../src/linux/process-stat.ts'
import {
  exitCodeOf,
  readExitFile,
  readPidFile,
  readProcessState,
  writeFailedLaunch,
} from '../../../src/runtime/keeper/process-files.ts'

let folder: string
const path = (name: string) => join(folder, name)
const startTimeOf = (pid: number) => {
  const stat = readFileSync(`/proc/${pid}/stat`, 'latin1')
  return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19])
}

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'tcompose-process-files-'))
})
afterEach(() => rmSync(folder, { recursive: true }))

const statuses = [
  { status: 0, code: 0 },
  { status: 256, code: 1 },
  { status: 127 << 8, code: 127 },
  { status: 9, code: 137 },
  { status: 15, code: 143 },
  { status: 11 | 0x80, code: 139 },
]
for (const { status, code } of statuses) {
  test(`exitCodeOf() reads wait status ${status} as ${code}`, () => expect(exitCodeOf(status)).toBe(code))
}

describe('readPidFile()', () => {
  test('reads pid, start time and milliseconds', () => {
    writeFileSync(path('pid'), '42 777 1700000000123456789\n')
    expect(readPidFile(path('pid'))).toEqual({ pid: 42, startTime: 777, startedAt: 1_700_000_000_123 })
  })
  for (const text of ['', 'nonsense', '42\n', '42 777\n', '-1 2 3\n']) {
    test(`has nothing to say of ${JSON.stringify(text)}`, () => {
      writeFileSync(path('pid'), text)
      expect(readPidFile(path('pid'))).toBeUndefined()
    })
  }
  test('has nothing to say of a missing file', () => expect(readPidFile(path('pid'))).toBeUndefined())
})

test('writeFailedLaunch() leaves an exit with code 127 and no process', () => {
  writeFileSync(path('pid'), '42 777 1700000000123456789\n')
  writeFileSync(path('exit'), '0 1\n')
  writeFailedLaunch({ pid: path('pid'), exit: path('exit') }, 1_700_000_000_123)
  expect(readExitFile(path('exit'))).toEqual({
    waitStatus: 32512,
    exitCode: 127,
    finishedAt: 1_700_000_000_123,
  })
  expect(readPidFile(path('pid'))).toBeUndefined()
})

describe('isAlive()', () => {
  const pid = process.pid
  test('knows this process', () => expect(isAlive(pid, startTimeOf(pid))).toBe(true))
  test('refuses another start time', () => expect(isAlive(pid, startTimeOf(pid) + 1)).toBe(false))
  test('refuses a pid that nobody has', () => expect(isAlive(2 ** 22 + 1, 1)).toBe(false))
  test('counts a zombie as dead', async () => {
    // After its exec the program knows nothing of the child that it has, and so leaves it a zombie.
    const shell = spawn('/bin/sh', ['-c', 'sleep 60 & echo $!; exec cat'], {
      stdio: ['pipe', 'pipe', 'inherit'],
    })
    const [line] = await once(shell.stdout, 'data')
    const child = Number(String(line))
    const startTime = startTimeOf(child)
    process.kill(child, 'SIGKILL')
    await expect.poll(() => isAlive(child, startTime)).toBe(false)
    shell.stdin.end()
    await once(shell, 'exit')
  })
})

describe('readProcessState()', () => {
  const read = () => readProcessState({ pid: path('pid'), exit: path('exit') })
  test('is none without files', () => expect(read()).toEqual({ kind: 'none' }))
  test('is running while the process lives', () => {
    writeFileSync(path('pid'), `${process.pid} ${startTimeOf(process.pid)} 1700000000123456789\n`)
    expect(read()).toMatchObject({ kind: 'running', process: { pid: process.pid } })
  })
  test('is lost when it died unseen', () => {
    writeFileSync(path('pid'), `${process.pid} 1 1700000000123456789\n`)
    expect(read()).toMatchObject({ kind: 'lost' })
  })
  test('is ended when the exit is written', () => {
    writeFileSync(path('pid'), `${process.pid} 1 1700000000123456789\n`)
    writeFileSync(path('exit'), '9 1700000001000000000\n')
    expect(read()).toMatchObject({ kind: 'ended', exit: { exitCode: 137, finishedAt: 1_700_000_001_000 } })
  })
})
