import { execFileSync } from 'node:child_process'
import {
  chmodSync,
  closeSync,
  lstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { readFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { writeOutputFile } from '../../src/cli/output-file.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'

function write(
  path: string,
  text: string,
  signal: AbortSignal = new AbortController().signal,
): Promise<void> {
  return writeOutputFile(path, { mode: 0o600, signal }, write => write(Buffer.from(text)))
}

test('writeOutputFile() makes a file with the mode that is asked for', async () => {
  using folder = temporaryFolder()
  const path = join(folder.path, 'out')
  await write(path, 'new')
  expect([readFileSync(path, 'utf8'), statSync(path).mode & 0o777]).toEqual(['new', 0o600])
})

test('writeOutputFile() replaces a regular file and keeps its mode', async () => {
  using folder = temporaryFolder()
  const path = join(folder.path, 'out')
  writeFileSync(path, 'earlier')
  chmodSync(path, 0o640)
  await write(path, 'new')
  expect([readFileSync(path, 'utf8'), statSync(path).mode & 0o777]).toEqual(['new', 0o640])
  expect(readdirSync(folder.path)).toEqual(['out'])
})

test('writeOutputFile() leaves what was there when the work fails', async () => {
  using folder = temporaryFolder()
  const path = join(folder.path, 'out')
  writeFileSync(path, 'earlier')
  const failing = writeOutputFile(path, { mode: 0o600, signal: AbortSignal.any([]) }, async write => {
    await write(Buffer.from('half'))
    throw new Error('stopped')
  })
  await expect(failing).rejects.toThrow('stopped')
  expect([readFileSync(path, 'utf8'), readdirSync(folder.path)]).toEqual(['earlier', ['out']])
})

test.for([
  { name: 'an existing file', existing: 'earlier' },
  { name: 'no file', existing: undefined },
])('writeOutputFile() writes to what a link names: $name', async ({ existing }) => {
  using folder = temporaryFolder()
  mkdirSync(join(folder.path, 'elsewhere'))
  const target = join(folder.path, 'elsewhere/file')
  const path = join(folder.path, 'link')
  if (existing !== undefined) writeFileSync(target, existing)
  symlinkSync('elsewhere/file', path)
  await write(path, 'new')
  expect([readlinkSync(path), readFileSync(target, 'utf8')]).toEqual(['elsewhere/file', 'new'])
})

test('writeOutputFile() writes into a FIFO, for whose reader it waits', async () => {
  using folder = temporaryFolder()
  const path = join(folder.path, 'fifo')
  execFileSync('mkfifo', [path])
  const long = 'x'.repeat(300_000)
  const written = write(path, long)
  expect(await readFile(path, 'utf8')).toBe(long)
  await written
  expect(lstatSync(path).isFIFO()).toBe(true)
})

test('writeOutputFile() stops to wait for a reader when it is interrupted', async () => {
  using folder = temporaryFolder()
  const path = join(folder.path, 'fifo')
  execFileSync('mkfifo', [path])
  const interrupt = new AbortController()
  const written = write(path, 'text', interrupt.signal)
  interrupt.abort()
  await expect(written).rejects.toThrow()
})

test('writeOutputFile() writes into a device through a link', async () => {
  using folder = temporaryFolder()
  const path = join(folder.path, 'null')
  symlinkSync('/dev/null', path)
  await write(path, 'text')
  expect([readlinkSync(path), statSync(path).isCharacterDevice()]).toEqual(['/dev/null', true])
})

test('writeOutputFile() tells of a device that takes nothing', async () => {
  await expect(write('/dev/full', 'text')).rejects.toThrow(
    'Cannot write "/dev/full": no space left on device',
  )
})

test('writeOutputFile() refuses a folder', async () => {
  using folder = temporaryFolder()
  await expect(write(folder.path, 'text')).rejects.toThrow(
    `Cannot write "${folder.path}": it is a folder, expected a file`,
  )
})

test('writeOutputFile() refuses a socket', async () => {
  using folder = temporaryFolder()
  const path = join(folder.path, 'socket')
  const server = createServer().listen(path)
  try {
    await expect(write(path, 'text')).rejects.toThrow(/it is a socket/)
    expect(lstatSync(path).isSocket()).toBe(true)
  } finally {
    server.close()
  }
})

test('writeOutputFile() appends to a descriptor that is open', async () => {
  using folder = temporaryFolder()
  const path = join(folder.path, 'log')
  writeFileSync(path, 'before ')
  const file = openSync(path, 'a')
  try {
    await write(`/dev/fd/${file}`, 'after')
  } finally {
    closeSync(file)
  }
  expect(readFileSync(path, 'utf8')).toBe('before after')
})
