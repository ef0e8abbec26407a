import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { bytesOf } from '../../../../src/base/bytes.ts'
import { quotaProblem } from '../../../../src/engine/local/quota/quota-problem.ts'
import { mount, unmount } from '../../../../src/linux/mount.ts'

const limited = { name: 'web', storageSize: bytesOf(2 ** 30) }

test('quotaProblem() says which file system has no quotas, with its options and what would work', () => {
  const folder = mkdtempSync(join(tmpdir(), 'tcompose-quota-'))
  mount({ source: 'none', target: folder, type: 'tmpfs', flags: 0, data: 'size=64k' })
  onTestFinished(() => {
    unmount(folder)
    rmSync(folder, { recursive: true })
  })
  const problem = quotaProblem(limited, join(folder, 'data'))
  expect(problem?.code).toBe('missing-kernel-feature')
  expect(problem?.message).toMatch(
    /^Cannot limit the files of service "web" to 1GiB: "\S+" is on tmpfs \(rw,.*size=64k.*\), which has no project quotas$/,
  )
  expect(problem?.hint).toContain('TCOMPOSE_DATA')
})

test('quotaProblem() has nothing to say of a service without a limit', () =>
  expect(quotaProblem({ name: 'web' }, '/nonexistent')).toBeUndefined())
