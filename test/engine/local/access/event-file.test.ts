import { appendFileSync, renameSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { EventFile } from '../../../../src/engine/local/access/event-file.ts'
import { appendEvent } from '../../../../src/engine/local/state/append-event.ts'
import type { EventRecord } from '../../../../src/engine/local/state/event-record.ts'
import { type TemporaryFolder, temporaryFolder } from '../../../support/temporary-folder.ts'

let folder: TemporaryFolder
let path: string
beforeEach(() => {
  folder = temporaryFolder()
  path = join(folder.path, 'events')
})
afterEach(() => folder[Symbol.dispose]())

const event = (time: number): EventRecord => ({
  ...{ time, action: 'start', id: 'a', service: 'web', number: 1, attributes: {} },
})
const add = (...times: readonly number[]) => {
  for (const time of times) appendEvent(path, event(time))
}
const timesOf = (events: readonly EventRecord[]) => events.map(({ time }) => time)

test('EventFile tells history from what comes', () => {
  add(1)
  renameSync(path, `${path}.1`)
  add(2)
  using file = new EventFile(path)
  add(3)
  expect(timesOf(file.history())).toEqual([1, 2])
  expect(timesOf(file.next())).toEqual([3])
  expect(timesOf(file.next())).toEqual([])
})

test('EventFile waits for the end of a line', () => {
  using file = new EventFile(path)
  const line = `${JSON.stringify(event(1))}\n`
  appendFileSync(path, line.slice(0, 9))
  expect(timesOf(file.next())).toEqual([])
  appendFileSync(path, line.slice(9))
  expect(timesOf(file.next())).toEqual([1])
})

test('EventFile reads a file to its end that was put aside, and then the one that took its place', () => {
  add(1)
  using file = new EventFile(path)
  add(2)
  renameSync(path, `${path}.1`)
  add(3)
  expect(timesOf(file.next())).toEqual([2, 3])
})

test('EventFile reads the last events of a project that was taken down, and those of its return', () => {
  add(1)
  using file = new EventFile(path)
  add(2)
  rmSync(path)
  expect(timesOf(file.next())).toEqual([2])
  expect(timesOf(file.next())).toEqual([])
  add(3)
  expect(timesOf(file.next())).toEqual([3])
})
