import { readFileSync, writeFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { appendEvent } from '../../../../src/engine/local/state/append-event.ts'
import { parseEventLine } from '../../../../src/engine/local/state/event-record.ts'
import { temporaryFolder } from '../../../support/temporary-folder.ts'

const event = (time: number) =>
  ({ time, action: 'start', id: 'a', service: 'web', number: 1, attributes: {} }) as const

const timesIn = (path: string) =>
  readFileSync(path, 'utf8')
    .split('\n')
    .flatMap(line => parseEventLine(line)?.time ?? [])

test('appendEvent() puts a file aside that would become too long, and loses no event', () => {
  using folder = temporaryFolder()
  const path = `${folder.path}/events`
  const lineBytes = JSON.stringify(event(1)).length + 1
  for (const time of [1, 2, 3]) appendEvent(path, event(time), 2 * lineBytes)
  expect(timesIn(`${path}.1`)).toEqual([1, 2])
  expect(timesIn(path)).toEqual([3])
})

test('appendEvent() ends a line that a crash has cut short', () => {
  using folder = temporaryFolder()
  const path = `${folder.path}/events`
  writeFileSync(path, '{"time":1')
  appendEvent(path, event(2))
  expect(timesIn(path)).toEqual([2])
})
