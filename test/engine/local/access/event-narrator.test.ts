import { expect, test } from 'vitest'
import { EventNarrator } from '../../../../src/engine/local/access/event-narrator.ts'
import type { EventRecord } from '../../../../src/engine/local/state/event-record.ts'
import { projectLayout } from '../../../../src/engine/local/state/layout.ts'
import { parseProjectName } from '../../../../src/model/names.ts'
import { temporaryFolder } from '../../../support/temporary-folder.ts'

const ID = 'a1'.repeat(32)

function told(changes: Partial<EventRecord>) {
  using folder = temporaryFolder()
  const project = parseProjectName('shop')
  const layout = projectLayout({ data: folder.path, run: folder.path }, project)
  const event: EventRecord = {
    ...{ time: 5, action: 'start', id: ID, service: 'web', number: 1 },
    attributes: { name: 'shop-web-1', image: 'app' },
    ...changes,
  }
  return new EventNarrator(layout, project)
    .tell(event)
    .map(({ action, attributes }) => [action, Object.fromEntries(attributes)])
}

test("EventNarrator tells health in docker's words", () => {
  expect(told({ action: 'health', attributes: { name: 'n', status: 'unhealthy' } })).toEqual([
    ['health_status: unhealthy', { name: 'n' }],
  ])
})

test('EventNarrator tells of a lack of memory before the end, and keeps what docker does not have', () => {
  const attributes = {
    name: 'n',
    image: 'app',
    exitCode: '137',
    oomKilled: 'true',
    restartAt: '9',
    process: 'x',
  }
  expect(told({ action: 'die', attributes })).toEqual([
    ['oom', { image: 'app', name: 'n' }],
    ['die', { image: 'app', name: 'n', exitCode: '137' }],
  ])
})

test('EventNarrator names the command of a process in its action', () => {
  const attributes = { name: 'n', image: 'app', execID: '7', command: 'sh -c true' }
  expect(told({ action: 'exec_create', attributes })).toEqual([
    ['exec_create: sh -c true', { name: 'n', image: 'app', execID: '7' }],
  ])
  expect(told({ action: 'exec_die', attributes: { name: 'n', execID: '7', exitCode: '3' } })).toEqual([
    ['exec_die', { name: 'n', execID: '7', exitCode: '3' }],
  ])
})

test('EventNarrator tells of a restart by a command, and leaves out what is about a container of run', () => {
  expect(told({ action: 'restarted' })).toEqual([['restart', { name: 'shop-web-1', image: 'app' }]])
  expect(told({ action: 'create', attributes: { name: 'n', oneOff: 'true' } })).toEqual([])
})

test('EventNarrator is silent about what is no event of docker', () => {
  expect(told({ action: 'restart' })).toEqual([])
  expect(told({ action: 'firewall', id: '' })).toEqual([])
})
