import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { projectRoot } from '../../scripts/project-root.ts'
import { FACTS } from '../../src/disk/bulk/file-facts.ts'
import { BULK_VERSION, loadBulkCalls } from '../../src/linux/bulk-calls.ts'

const header = readFileSync(join(projectRoot, 'native/bulk/bulk.h'), 'utf8')

test('FACTS has the names of TC_FACTS in their order', () => {
  const names = [...header.matchAll(/^ {2}X \((\w+)\)/gm)].map(([, name = '']) => name)
  const own = Object.keys(FACTS).map(name => name.replace(/[A-Z]/g, letter => `_${letter}`).toUpperCase())
  expect(own).toEqual(names)
  expect(Object.values(FACTS)).toEqual(names.map((_, index) => index))
})

test('BULK_VERSION is that of bulk.h', () => {
  expect(header).toContain(`#define TC_BULK_VERSION ${BULK_VERSION}\n`)
})

test('loadBulkCalls() loads the library that is built', () => {
  const built = spawnSync(process.execPath, ['scripts/build-native.ts'], {
    cwd: projectRoot,
    encoding: 'utf8',
  })
  expect(built.stderr).toBe('')
  expect(loadBulkCalls()).toBeDefined()
})
