import { execFileSync, spawn } from 'node:child_process'
import { closeSync, openSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { readInput } from '../../src/local/read-input.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'

test('readInput() reads a file, which can be read again', () => {
  using folder = temporaryFolder()
  const path = join(folder.path, 'file')
  writeFileSync(path, 'text')
  for (const origin of ['named', 'found'] as const) {
    expect(readInput(path, origin)).toEqual({ bytes: Buffer.from('text'), isStream: false })
  }
})

test('readInput() reads a descriptor that the shell passed, once', () => {
  using folder = temporaryFolder()
  const path = join(folder.path, 'file')
  writeFileSync(path, 'text')
  const fd = openSync(path, 'r')
  expect(readInput(`/dev/fd/${fd}`, 'found')).toEqual({ bytes: Buffer.from('text'), isStream: true })
  closeSync(fd)
})

test('readInput() reads a pipe where the user named it, and nowhere else', () => {
  using folder = temporaryFolder()
  const path = join(folder.path, 'pipe')
  execFileSync('mkfifo', [path])
  expect(() => readInput(path, 'found')).toThrow()
  const writer = spawn('sh', ['-c', 'printf text > "$0"', path], { stdio: 'ignore' })
  expect(readInput(path, 'named')).toEqual({ bytes: Buffer.from('text'), isStream: true })
  writer.kill()
})
