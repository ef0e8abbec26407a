import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { isPutAside, putAside } from '../../src/disk/put-aside.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'

test('putAside() keeps whatever was there, under a name of its own each time', () => {
  using folder = temporaryFolder()
  const path = join(folder.path, 'project.json')
  writeFileSync(path, 'one')
  expect(putAside(path)).toBe(`${path}.damaged`)
  mkdirSync(path)
  expect(putAside(path)).toBe(`${path}.damaged-2`)
  expect(readFileSync(`${path}.damaged`, 'utf8')).toBe('one')
  expect(readdirSync(folder.path).every(isPutAside)).toBe(true)
  expect(isPutAside('project.json')).toBe(false)
})

test('putAside() of nothing is undefined', () => {
  using folder = temporaryFolder()
  expect(putAside(join(folder.path, 'none', 'project.json'))).toBeUndefined()
})
