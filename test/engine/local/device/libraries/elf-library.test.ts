import { spawnSync } from 'node:child_process'
import { closeSync, openSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { readElfLibrary } from '../../../../../src/engine/local/device/libraries/elf-library.ts'
import { temporaryFolder } from '../../../../support/temporary-folder.ts'

function readAt(path: string) {
  const fd = openSync(path, 'r')
  try {
    return readElfLibrary(fd)
  } finally {
    closeSync(fd)
  }
}

const FLAGS = process.arch === 'arm64' ? 0x0a03 : 0x0303

test('readElfLibrary() reads what a library calls itself, and makes nothing of a damaged one', () => {
  using folder = temporaryFolder()
  const path = join(folder.path, 'x.so')
  const source = join(folder.path, 'x.c')
  writeFileSync(source, 'int x;\n')
  const { status } = spawnSync('cc', ['-shared', '-fPIC', '-Wl,-soname,libx.so.3', source, '-o', path])
  expect(status).toBe(0)
  expect(readAt(path)).toEqual({ soname: 'libx.so.3', flags: FLAGS })
  const whole = readFileSync(path)
  for (const length of [0, 10, 63, 64, 300]) {
    writeFileSync(path, whole.subarray(0, length))
    expect(readAt(path)).toBeUndefined()
  }
  for (let at = 0; at < 1000; at += 7) {
    const damaged = Buffer.from(whole)
    damaged.fill(0xff, at, at + 7)
    writeFileSync(path, damaged)
    expect(() => readAt(path)).not.toThrow()
  }
})

test('readElfLibrary() makes nothing of a program or a text', () => {
  expect(readAt(import.meta.filename)).toBeUndefined()
  expect(readAt('/dev/null')).toBeUndefined()
})
