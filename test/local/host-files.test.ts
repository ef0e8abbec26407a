import { execFileSync } from 'node:child_process'
import { mkdirSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { hostFiles } from '../../src/local/host-files.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'

test('readText() reads a file, through links too', () => {
  using folder = temporaryFolder()
  const long = 'x'.repeat(200_000)
  writeFileSync(join(folder.path, 'file'), long)
  symlinkSync('file', join(folder.path, 'link'))
  expect(hostFiles().readText(join(folder.path, 'link'))).toEqual({ kind: 'text', text: long })
  expect(hostFiles().readText(join(folder.path, 'none'))).toEqual({ kind: 'missing' })
})

test.for([
  { name: 'a folder', make: (path: string) => mkdirSync(path), reason: 'it is a folder' },
  {
    name: 'a pipe',
    make: (path: string) => execFileSync('mkfifo', [path]),
    reason: 'it is a pipe, expected a file',
  },
  {
    name: 'a device',
    make: (path: string) => symlinkSync('/dev/zero', path),
    reason: 'it is a device, expected a file',
  },
  {
    name: 'a file that is too large',
    make: (path: string) => {
      writeFileSync(path, '')
      truncateSync(path, 16 * 1024 * 1024 + 1)
    },
    reason: 'it is larger than 16 MiB',
  },
])('readText() refuses $name that nobody named', ({ make, reason }) => {
  using folder = temporaryFolder()
  const path = join(folder.path, 'input')
  make(path)
  expect(hostFiles().readText(path)).toMatchObject({ kind: 'unreadable', reason })
})

test('readText() refuses a socket', async () => {
  using folder = temporaryFolder()
  const path = join(folder.path, 'socket')
  const server = createServer().listen(path)
  try {
    expect(hostFiles().readText(path, 'named')).toMatchObject({
      kind: 'unreadable',
      reason: expect.stringContaining('it is a socket'),
    })
  } finally {
    server.close()
  }
})

test('readText() takes /dev/null for an empty file', () => {
  expect(hostFiles().readText('/dev/null')).toEqual({ kind: 'text', text: '' })
})

test('readText() does not read a device without end to its end', () => {
  expect(hostFiles().readText('/dev/zero', 'named')).toEqual({
    kind: 'unreadable',
    reason: 'it is larger than 16 MiB',
  })
})

test('readText() reads a pipe that the user named, once', () => {
  using folder = temporaryFolder()
  const path = join(folder.path, 'fifo')
  execFileSync('mkfifo', [path])
  execFileSync('sh', ['-c', 'echo A=1 >"$1" 2>/dev/null &', 'sh', path], { stdio: 'ignore' })
  const files = hostFiles()
  const text = { kind: 'text', text: 'A=1\n' }
  expect([files.readText(path, 'named'), files.readText(path, 'named')]).toEqual([text, text])
})

test('readText() reads a descriptor that the shell has opened', () => {
  const module = JSON.stringify(join(import.meta.dirname, '../../src/local/host-files.ts'))
  const code = `import { hostFiles } from ${module}
console.log(JSON.stringify(hostFiles().readText('/dev/fd/3')))`
  const run = `echo A=1 | "$1" --input-type=module -e "$2" 3<&0`
  const read = execFileSync('sh', ['-c', run, 'sh', process.execPath, code], { encoding: 'utf8' })
  expect(JSON.parse(read)).toEqual({ kind: 'text', text: 'A=1\n' })
})
