import { expect, test } from 'vitest'
import { endEvent } from '../../../../src/engine/local/state/end-event.ts'

test('endEvent() has the time and the code of the end, and whole seconds of the run', () => {
  const name = { id: 'a', service: 'web', number: 1, name: 'shop-web-1' }
  const exit = { waitStatus: 768, exitCode: 3, finishedAt: 7999 }
  const process = { pid: 1, startTime: 1, startedAt: 5000 }
  expect(endEvent(name, { kind: 'ended', process, exit })).toEqual({
    ...{ time: 7999, action: 'die', id: 'a', service: 'web', number: 1 },
    attributes: { name: 'shop-web-1', execDuration: '2', exitCode: '3' },
  })
  const unknown = endEvent(name, { kind: 'ended', process: undefined, exit })
  expect(unknown.attributes).toMatchObject({ execDuration: '0' })
})
