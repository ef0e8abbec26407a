import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { inheritLogs, lastInherited } from '../../../../src/engine/local/log/inherit-logs.ts'
import { temporaryFolder } from '../../../support/temporary-folder.ts'

function contents(folder: string): Readonly<Record<string, string>> {
  return Object.fromEntries(
    readdirSync(folder)
      .sort()
      .map(name => [name, readFileSync(join(folder, name), 'utf8')]),
  )
}

test('inheritLogs() makes all files of a log full ones of another, also when it was cut short', () => {
  using folder = temporaryFolder()
  const [old, heir] = [join(folder.path, 'old'), join(folder.path, 'heir')]
  for (const path of [old, heir]) mkdirSync(path)
  for (const name of ['log.2.gz', 'log.3', 'log']) writeFileSync(join(old, name), name)
  writeFileSync(join(heir, 'log.1'), 'moved before')
  const last = lastInherited(join(old, 'log'))
  expect(last).toBe(4)
  inheritLogs(join(old, 'log'), join(heir, 'log'), last)
  inheritLogs(join(old, 'log'), join(heir, 'log'), last)
  const moved = { 'log.1': 'moved before', 'log.2.gz': 'log.2.gz', 'log.3': 'log.3', 'log.4': 'log' }
  expect(contents(heir)).toEqual(moved)
  expect(contents(old)).toEqual({})
})

test('lastInherited() is 0 without a log', () => {
  using folder = temporaryFolder()
  expect(lastInherited(join(folder.path, 'log'))).toBe(0)
})
