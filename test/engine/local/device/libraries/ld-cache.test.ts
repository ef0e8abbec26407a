import { spawnSync } from 'node:child_process'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import {
  compareLibraryNames,
  type LdCache,
  readLdCache,
  writeLdCache,
} from '../../../../../src/engine/local/device/libraries/ld-cache.ts'
import { temporaryFolder } from '../../../../support/temporary-folder.ts'

const CACHE = '/etc/ld.so.cache'
const hasCache = existsSync(CACHE) && spawnSync('ldconfig', ['-V']).status === 0

const entry = (name: string, path: string, hwcap = 0n) => ({ flags: 0x303, name, path, hwcap })

test('readLdCache() reads what writeLdCache() wrote, in the order of ld.so', () => {
  const cache: LdCache = {
    entries: [
      entry('libb.so.9', '/lib/libb.so.9'),
      entry('liba.so.1', '/lib/liba.so.1'),
      entry('libb.so.10', '/lib/libb.so.10'),
      entry('libb.so.9', '/lib/haswell/libb.so.9', (1n << 62n) + 1n),
    ],
    hwcaps: ['x86-64-v2', 'x86-64-v3'],
  }
  const read = readLdCache(writeLdCache(cache))
  expect(read?.hwcaps).toEqual(cache.hwcaps)
  expect(read?.entries.map(({ path }) => path)).toEqual([
    ...['/lib/libb.so.10', '/lib/haswell/libb.so.9', '/lib/libb.so.9', '/lib/liba.so.1'],
  ])
})

test.skipIf(!hasCache)(
  'ldconfig prints a cache that was read and written again as before (needs glibc)',
  () => {
    using folder = temporaryFolder()
    const copy = join(folder.path, 'cache')
    const cache = readLdCache(readFileSync(CACHE))
    expect(cache?.entries.length).toBeGreaterThan(10)
    if (cache !== undefined)
      writeFileSync(copy, writeLdCache({ ...cache, entries: cache.entries.toReversed() }))
    const printed = (path: string) =>
      spawnSync('ldconfig', ['-p', '-C', path], { encoding: 'utf8' })
        .stdout.split('\n')
        .filter(line => line.includes('=>'))
        .toSorted()
    expect(printed(copy)).toEqual(printed(CACHE))
  },
)

test('readLdCache() makes nothing of a damaged cache', () => {
  const whole = writeLdCache({ entries: [entry('liba.so.1', '/lib/liba.so.1')], hwcaps: [] })
  const broken = Buffer.from(whole)
  broken.writeUInt32LE(0xfffffff, 52)
  for (const bytes of [Buffer.alloc(0), whole.subarray(0, 60), broken, Buffer.from('x'.repeat(100))])
    expect(readLdCache(bytes)).toBeUndefined()
})

for (const [a, b, sign] of [
  ['libc.so.6', 'libc.so.6', 0],
  ['libc.so.10', 'libc.so.9', 1],
  ['liba.so', 'libb.so', -1],
  ['lib1.so', 'liba.so', 1],
  ['liba.so', 'liba.so.1', -1],
  ['liba.so.1', 'liba.so', 1],
] as const) {
  test(`compareLibraryNames() orders ${a} and ${b}`, () => {
    expect(Math.sign(compareLibraryNames(a, b))).toBe(sign)
  })
}
