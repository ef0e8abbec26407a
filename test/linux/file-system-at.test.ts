import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { fileSystemAt } from '../../src/linux/file-system-at.ts'
import { mount, unmount } from '../../src/linux/mount.ts'

const table = [
  '22 1 8:1 / / rw,relatime shared:1 - ext4 /dev/sda1 rw,errors=remount-ro',
  '23 22 0:5 / /tmp rw - tmpfs none rw,size=1k',
  '24 22 8:2 / /tmp rw,noexec - xfs /dev/disk\\040two rw,prjquota',
  '',
].join('\n')

test('fileSystemAt() takes the last mount of the longest place, with its options and those of the file system', () => {
  expect(fileSystemAt('/tmp', table)).toEqual({
    type: 'xfs',
    source: '/dev/disk two',
    options: ['rw', 'noexec', 'prjquota'],
  })
  expect(fileSystemAt('/usr', table)).toEqual({
    type: 'ext4',
    source: '/dev/sda1',
    options: ['rw', 'relatime', 'errors=remount-ro'],
  })
})

test('fileSystemAt() finds what is mounted now', () => {
  const folder = mkdtempSync(join(tmpdir(), 'tcompose-mounted-'))
  onTestFinished(() => {
    unmount(folder)
    rmSync(folder, { recursive: true })
  })
  mount({ source: 'quick', target: folder, type: 'tmpfs', flags: 0, data: 'size=64k' })
  mkdirSync(join(folder, 'below'))
  const { type, source, options } = fileSystemAt(join(folder, 'below'))
  expect([type, source]).toEqual(['tmpfs', 'quick'])
  expect(options).toContain('size=64k')
})
