import { spawnSync } from 'node:child_process'
import { closeSync, mkdirSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { openChanges } from '../../src/linux/change-descriptor.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'

/** `before` prepares what is watched at the paths, in a folder of its own; returns whether the descriptor is readable after `change`. */
function tells(
  names: readonly string[],
  before: (path: string) => void,
  change: (path: string) => void,
): boolean {
  using folder = temporaryFolder()
  before(folder.path)
  const fd = openChanges(names.map(name => `${folder.path}/${name}`))
  try {
    expect(isReadable(fd)).toBe(false)
    change(folder.path)
    return isReadable(fd)
  } finally {
    closeSync(fd)
  }
}

/** select(2) on standard input. */
function isReadable(fd: number): boolean {
  const { stdout } = spawnSync('bash', ['-c', 'read -t 0 && echo yes'], {
    stdio: [fd, 'pipe', 'inherit'],
    encoding: 'utf8',
  })
  return stdout === 'yes\n'
}

const file = (path: string) => writeFileSync(`${path}/file`, 'old')
const linked = (path: string) => {
  file(path)
  writeFileSync(`${path}/other`, 'other')
  symlinkSync('file', `${path}/link`)
}

test.each<readonly [string, string, (path: string) => void, (path: string) => void]>([
  ['a file that is written', 'file', file, path => writeFileSync(`${path}/file`, 'new')],
  [
    'a file that is replaced',
    'file',
    file,
    path => {
      writeFileSync(`${path}/file.tmp`, 'new')
      renameSync(`${path}/file.tmp`, `${path}/file`)
    },
  ],
  ['a file that is removed', 'file', file, path => rmSync(`${path}/file`)],
  ['what a link leads to', 'link', linked, path => writeFileSync(`${path}/file`, 'new')],
  [
    'a link that is replaced',
    'link',
    linked,
    path => {
      symlinkSync('other', `${path}/link.tmp`)
      renameSync(`${path}/link.tmp`, `${path}/link`)
    },
  ],
  ['what comes to a folder', '.', file, path => mkdirSync(`${path}/sub`)],
  ['what leaves a folder', '.', file, path => rmSync(`${path}/file`)],
  ['a file that comes', 'file', () => {}, file],
  ['a folder that comes', 'sub/sub/file', () => {}, path => mkdirSync(`${path}/sub`)],
])('openChanges() tells of %s', (_, name, ...[before, change]) => {
  expect(tells([name], before, change)).toBe(true)
})

test('openChanges() tells nothing of files beside those that are watched', () => {
  expect(tells(['file'], file, path => writeFileSync(`${path}/other`, 'new'))).toBe(false)
})
