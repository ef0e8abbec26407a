import { closeSync, mkdtempSync, openSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { bytesOf } from '../../src/base/bytes.ts'
import { SystemCallError } from '../../src/linux/libc.ts'
import { mount, unmount } from '../../src/linux/mount.ts'
import {
  assignProject,
  isProjectUsed,
  limitProject,
  projectQuotaState,
} from '../../src/linux/project-quota.ts'

/** File systems that have quotas are in the emulated machine: test/vm/guest/quota-checks.ts. */
function withoutQuotas(): number {
  const folder = mkdtempSync(join(tmpdir(), 'tcompose-quota-'))
  mount({ source: 'quota', target: folder, type: 'tmpfs', flags: 0, data: 'size=64k' })
  const fd = openSync(folder, 'r')
  onTestFinished(() => {
    closeSync(fd)
    unmount(folder)
    rmSync(folder, { recursive: true })
  })
  return fd
}

test('projectQuotaState() is absent on a file system that has no quotas', () =>
  expect(projectQuotaState(withoutQuotas())).toBe('absent'))

test('isProjectUsed() finds no project on a file system that has none', () =>
  expect(isProjectUsed(withoutQuotas(), 2 ** 30)).toBe(false))

test('limitProject() and assignProject() fail on a file system that has no projects', () => {
  const fd = withoutQuotas()
  expect(() => limitProject(fd, 2 ** 30, bytesOf(1024))).toThrow(SystemCallError)
  expect(() => assignProject(fd, 2 ** 30)).toThrow(SystemCallError)
})
