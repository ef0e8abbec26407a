import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay, setImmediate as nextTurn } from 'node:timers/promises'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { RecordStore } from '../../../../src/engine/local/state/record-store.ts'
import { parseProjectName } from '../../../../src/model/names.ts'
import { eventually } from '../../../support/eventually.ts'

const shop = parseProjectName('shop')
let folder: string
let paths: { dataDir: string; record: string }
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'tc-rec-'))
  paths = { dataDir: join(folder, 'shop'), record: join(folder, 'shop', 'project.json') }
})
afterEach(() => rmSync(folder, { recursive: true }))

function volume(name: string) {
  return { phase: 'created' as const, key: name, name, configHash: 'h', external: false }
}

test('RecordStore starts empty where there is no record and writes nothing unasked', async () => {
  const store = new RecordStore(shop, paths)
  await store.save()
  expect(store.record.volumes.size).toBe(0)
  expect(readdirSync(folder)).toEqual([])
})

test('RecordStore.save() makes changes visible to the next store and leaves no temporary file', async () => {
  const store = new RecordStore(shop, paths)
  store.setVolume('data', volume('data'))
  await store.save()
  expect(new RecordStore(shop, paths).record.volumes.get('data')).toEqual(volume('data'))
  expect(readdirSync(paths.dataDir)).toEqual(['project.json'])
})

test('RecordStore.save() covers a change made while a write is under way', async () => {
  const store = new RecordStore(shop, paths)
  store.setVolume('a', volume('a'))
  const first = store.save()
  store.setVolume('b', volume('b'))
  await Promise.all([first, store.save()])
  expect([...new RecordStore(shop, paths).record.volumes.keys()]).toEqual(['a', 'b'])
})

test('RecordStore.save() fails where what the record depends on cannot be on disk, until it can', async () => {
  const store = new RecordStore(shop, paths)
  const path = join(folder, 'key')
  store.dependOn(path)
  store.setVolume('a', volume('a'))
  await expect(store.save()).rejects.toMatchObject({ code: 'ENOENT' })
  expect(existsSync(paths.record)).toBe(false)
  writeFileSync(path, '')
  await store.save()
  rmSync(path)
  store.setVolume('b', volume('b'))
  await store.save()
  expect([...new RecordStore(shop, paths).record.volumes.keys()]).toEqual(['a', 'b'])
})

test('RecordStore.writeBehind() brings changes to disk unasked, until it is ended', async () => {
  const store = new RecordStore(shop, paths)
  store.writeBehind(1)
  store.setVolume('a', volume('a'))
  await eventually(async () => expect([...new RecordStore(shop, paths).record.volumes.keys()]).toEqual(['a']))
  store.setVolume('b', volume('b'))
  await store.endWriteBehind()
  store.setVolume('c', volume('c'))
  await delay(50)
  expect(new RecordStore(shop, paths).record.volumes.has('c')).toBe(false)
})

test('RecordStore.endWriteBehind() waits for the write that is under way', async () => {
  const store = new RecordStore(shop, paths)
  store.writeBehind(1)
  store.setVolume('a', volume('a'))
  while (!existsSync(paths.dataDir)) await nextTurn()
  await store.endWriteBehind()
  expect(readdirSync(paths.dataDir)).toEqual(['project.json'])
})

test('RecordStore refuses a record that is not one, naming the file', async () => {
  const store = new RecordStore(shop, paths)
  store.setVolume('a', volume('a'))
  await store.save()
  for (const text of ['{', '[]', '{"version":1}', '']) {
    writeFileSync(paths.record, text)
    expect(() => new RecordStore(shop, paths)).toThrow(`Cannot read "${paths.record}"`)
  }
})

test('RecordStore refuses a record of a later version', async () => {
  const store = new RecordStore(shop, paths)
  store.setVolume('a', volume('a'))
  await store.save()
  writeFileSync(paths.record, readFileSync(paths.record, 'utf8').replace(/^.*?"version":1/, '{"version":2'))
  expect(() => new RecordStore(shop, paths)).toThrow('its format is 2, expected 1 or less')
})
