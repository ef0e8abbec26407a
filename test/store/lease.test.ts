import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readdirSync, renameSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { expect, test } from 'vitest'
import { parseDigest } from '../../src/base/digest.ts'
import { openLease, readLeases, sweepLeases } from '../../src/store/lease.ts'
import { shareStore } from '../../src/store/store-lock.ts'
import { digestOf } from '../support/hand-made-layout.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'

const A = parseDigest(digestOf('a'))
const B = parseDigest(digestOf('b'))

test('openLease() keeps things until it is disposed, beside other leases', async () => {
  using root = temporaryFolder()
  const roots = { data: root.path, run: root.path }
  expect(readLeases(roots)).toEqual(new Set())
  using one = openLease(roots)
  {
    using two = openLease(roots)
    await one.keep([`blob ${A}`])
    await two.keep([`layer ${A}`, `blob ${B}`])
    await two.keep([`volume v`])
    for (const thing of [`blob ${A}`, `layer ${A}`, `blob ${B}`, 'volume v']) {
      expect(readLeases(roots)).toContain(thing)
    }
  }
  expect(readLeases(roots)).toContain(`blob ${A}`)
  expect(readLeases(roots)).not.toContain(`blob ${B}`)
})

test('readLeases() leaves out what a process kept that was killed, and removes its file', async () => {
  using root = temporaryFolder()
  const roots = { data: root.path, run: root.path }
  const program = resolve(import.meta.dirname, '../support/lease-program.ts')
  const holder = spawn(process.execPath, [program, root.path, `image ${A}`], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  await once(holder.stdout, 'data')
  expect(readLeases(roots)).toContain(`image ${A}`)
  holder.kill('SIGKILL')
  await once(holder, 'close')
  expect(readLeases(roots)).toEqual(new Set())
  expect(readdirSync(join(root.path, 'images/leases'))).toEqual([])
})

test('sweepLeases() leaves the lease of a process whose pid means nothing here, until that process has ended', async () => {
  using root = temporaryFolder()
  const roots = { data: root.path, run: root.path }
  const folder = join(root.path, 'images/leases')
  const program = resolve(import.meta.dirname, '../support/lease-program.ts')
  const holder = spawn(process.execPath, [program, root.path, `image ${A}`], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  await once(holder.stdout, 'data')
  renameSync(join(folder, readdirSync(folder)[0] ?? ''), join(folder, 'tmp-4194305-1-1'))
  sweepLeases(roots)
  expect(readdirSync(folder)).toEqual(['tmp-4194305-1-1'])
  {
    using _other = await shareStore(roots)
    holder.kill('SIGKILL')
    await once(holder, 'close')
    sweepLeases(roots)
    expect(readdirSync(folder)).toEqual(['tmp-4194305-1-1'])
  }
  sweepLeases(roots)
  expect(readdirSync(folder)).toEqual([])
})
