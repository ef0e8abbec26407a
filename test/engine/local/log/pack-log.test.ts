import { execFileSync } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { readdirSync, readFileSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import type { LogBytes } from '../../../../src/engine/local/log/log-bytes.ts'
import { packLog } from '../../../../src/engine/local/log/pack-log.ts'
import { openPackedLog, PACKED_BYTES } from '../../../../src/engine/local/log/packed-log.ts'
import { temporaryFolder } from '../../../support/temporary-folder.ts'

function contentOf(bytes: LogBytes): Buffer {
  const content = Buffer.alloc(bytes.size())
  let length = 0
  for (let count = -1; count !== 0; length += count) count = bytes.read(content.subarray(length), length)
  return content.subarray(0, length)
}

const content = Buffer.concat([
  randomBytes(PACKED_BYTES),
  Buffer.alloc(PACKED_BYTES, 'line\n'),
  Buffer.from('end\n'),
])

test('packLog() leaves a gzip file in place of the plain one, of which any part can be read', async () => {
  using folder = temporaryFolder()
  const log = join(folder.path, 'log')
  writeFileSync(`${log}.3`, content)
  await packLog(log, 3)
  expect(readdirSync(folder.path)).toEqual(['log.3.gz'])
  expect(execFileSync('gzip', ['-dc', `${log}.3.gz`], { maxBuffer: 1 << 24 }).equals(content)).toBe(true)
  using packed = openPackedLog(`${log}.3.gz`)
  expect(packed !== undefined && contentOf(packed).equals(content)).toBe(true)
  const part = Buffer.alloc(8)
  expect(packed?.read(part, PACKED_BYTES - 4)).toBe(4)
  expect(packed?.read(part, content.length)).toBe(0)
})

test('packLog() leaves nothing of a file that is not there', async () => {
  using folder = temporaryFolder()
  await packLog(join(folder.path, 'log'), 1)
  expect(readdirSync(folder.path)).toEqual([])
})

test('packLog() takes the place of what a killed one left', async () => {
  using folder = temporaryFolder()
  const log = join(folder.path, 'log')
  writeFileSync(`${log}.1`, 't stdout F 1\n')
  writeFileSync(`${log}.gz.new`, Buffer.alloc(1000))
  await packLog(log, 1)
  expect(readdirSync(folder.path)).toEqual(['log.1.gz'])
  using packed = openPackedLog(`${log}.1.gz`)
  expect(packed && contentOf(packed).toString()).toBe('t stdout F 1\n')
})

test('openPackedLog() finds what is before the damage', async () => {
  using folder = temporaryFolder()
  const log = join(folder.path, 'log')
  writeFileSync(`${log}.1`, content)
  await packLog(log, 1)
  const packed = readFileSync(`${log}.1.gz`)
  truncateSync(`${log}.1.gz`, packed.length - 10)
  using short = openPackedLog(`${log}.1.gz`)
  expect(short && contentOf(short).equals(content.subarray(0, 2 * PACKED_BYTES))).toBe(true)
  packed.fill(0xff, 30, 4000)
  writeFileSync(`${log}.1.gz`, packed)
  using damaged = openPackedLog(`${log}.1.gz`)
  expect(damaged?.read(Buffer.alloc(10), 0)).toBe(0)
  expect(openPackedLog(`${log}.2.gz`)).toBeUndefined()
})
