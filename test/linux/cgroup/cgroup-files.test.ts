import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { hostCgroupFiles } from '../../../src/linux/cgroup/cgroup-files.ts'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'tcompose-cgroup-files-'))
})
afterEach(() => rmSync(folder, { recursive: true }))

test('hostCgroupFiles tells apart what mkdir(2) and rmdir(2) find', () => {
  expect(hostCgroupFiles.mkdir(`${folder}/a/b`)).toBe('no-parent')
  expect(hostCgroupFiles.mkdir(`${folder}/a`)).toBe('made')
  expect(hostCgroupFiles.mkdir(`${folder}/a`)).toBe('exists')
  expect(hostCgroupFiles.mkdir(`${folder}/a/b`)).toBe('made')
  expect(hostCgroupFiles.rmdir(`${folder}/a`)).toBe('busy')
  expect(hostCgroupFiles.rmdir(`${folder}/a/b`)).toBe('gone')
  expect(hostCgroupFiles.rmdir(`${folder}/a/b`)).toBe('gone')
})

test('hostCgroupFiles reads a missing file as undefined', () => {
  expect(hostCgroupFiles.read(`${folder}/none`)).toBeUndefined()
  expect(hostCgroupFiles.folders(`${folder}/none`)).toEqual([])
})

test('hostCgroupFiles writes each text and lists folders only', () => {
  writeFileSync(`${folder}/file`, '')
  hostCgroupFiles.write(`${folder}/file`, 'a', 'b')
  expect(() => hostCgroupFiles.write(`${folder}/none`, 'a')).toThrow(
    expect.objectContaining({ code: 'ENOENT' }),
  )
  hostCgroupFiles.mkdir(`${folder}/z`)
  hostCgroupFiles.mkdir(`${folder}/y`)
  expect(readFileSync(`${folder}/file`, 'utf8')).toBe('ab')
  expect(hostCgroupFiles.folders(folder)).toEqual(['y', 'z'])
})
