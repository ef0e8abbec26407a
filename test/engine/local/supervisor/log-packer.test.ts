import { mkdirSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { LogPacker } from '../../../../src/engine/local/supervisor/log-packer.ts'
import { eventually } from '../../../support/eventually.ts'
import { FakeClock } from '../../../support/fake-clock.ts'
import { temporaryFolder } from '../../../support/temporary-folder.ts'

test('LogPacker.keepPacked() packs the full files there are and those that come, until disposed', async () => {
  using folder = temporaryFolder()
  const path = join(folder.path, 'log')
  const clock = new FakeClock()
  const errors: unknown[] = []
  for (const name of ['log', 'log.1', 'log.2', 'other.1']) writeFileSync(join(folder.path, name), 'x\n')
  const packing = new LogPacker(clock).keepPacked({ path, onError: error => errors.push(error) })
  const names = () => readdirSync(folder.path).sort()
  await eventually(async () => expect(names()).toEqual(['log', 'log.1.gz', 'log.2.gz', 'other.1']))
  writeFileSync(`${path}.3`, 'x\n')
  await eventually(async () => {
    await clock.advance(10_000)
    expect(names()).toContain('log.3.gz')
  })
  packing[Symbol.dispose]()
  writeFileSync(`${path}.4`, 'x\n')
  await clock.advance(60_000)
  expect(names()).toContain('log.4')
  expect(errors).toEqual([])
})

test('LogPacker.keepPacked() goes on after a file that cannot be packed', async () => {
  using folder = temporaryFolder()
  const path = join(folder.path, 'log')
  const errors: unknown[] = []
  mkdirSync(`${path}.1`)
  writeFileSync(`${path}.2`, 'x\n')
  const packer = new LogPacker(new FakeClock())
  using _ = packer.keepPacked({ path, onError: error => errors.push(error) })
  await eventually(async () => expect(readdirSync(folder.path)).toEqual(['log.1', 'log.2.gz']))
  expect(errors).toMatchObject([{ code: 'EISDIR' }])
})
