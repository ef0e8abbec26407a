import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { EventLog } from '../../../../src/engine/local/state/event-log.ts'
import { type EventRecord, parseEventLine } from '../../../../src/engine/local/state/event-record.ts'

let folder: string
let path: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'tcompose-events-'))
  path = join(folder, 'events')
})
afterEach(() => rmSync(folder, { recursive: true }))

const event = (time: number, action: EventRecord['action'] = 'start'): EventRecord => {
  return { time, action, id: 'a', service: 'web', number: 1, attributes: { name: 'shop-web-1' } }
}
const written = (file = path) => readFileSync(file, 'utf8').trimEnd().split('\n').map(parseEventLine)

test('EventLog opens where a folder is in the place of its files', () => {
  mkdirSync(path)
  mkdirSync(`${path}.1`)
  const log = new EventLog(path)
  rmSync(path, { recursive: true })
  log.append(event(1))
  expect(written()).toEqual([event(1)])
})

describe('EventLog.append()', () => {
  test('writes one line for each event', () => {
    const log = new EventLog(path)
    log.append(event(1))
    log.append(event(2, 'die'))
    expect(written()).toEqual([event(1), event(2, 'die')])
  })
  test('writes no start that is older than all that is kept, once files were put aside', () => {
    const long = { ...event(2, 'health'), attributes: { name: 'x'.repeat(200) } }
    const log = new EventLog(path, 400)
    log.append(event(1))
    for (let round = 0; round < 6; round++) log.append(long)
    new EventLog(path, 400).append(event(1))
    expect([...written(), ...written(`${path}.1`)].map(told => told?.action)).not.toContain('start')
  })
  test('writes a start once, also after a new beginning', () => {
    new EventLog(path).append(event(1))
    const log = new EventLog(path)
    log.append(event(1))
    log.append(event(3))
    expect(written()).toEqual([event(1), event(3)])
  })
  test('writes every change of health', () => {
    const log = new EventLog(path)
    log.append(event(1, 'health'))
    log.append(event(1, 'health'))
    expect(written()).toHaveLength(2)
  })
  test('puts a full file aside and remembers it', () => {
    const log = new EventLog(path, 150)
    for (const time of [1, 2, 3]) log.append(event(time))
    expect(written(`${path}.1`)).toEqual([event(2)])
    expect(written()).toEqual([event(3)])
    new EventLog(path, 150).append(event(2))
    expect(written()).toEqual([event(3)])
  })
  test('goes on after a line that was cut short', () => {
    writeFileSync(path, '{"time":1,"act')
    new EventLog(path).append(event(2))
    expect(written()).toEqual([undefined, event(2)])
  })
  test('makes no file before the first event', () => {
    new EventLog(path)
    expect(existsSync(path)).toBe(false)
  })
})
