import { expect, test } from 'vitest'
import type { Service } from '../../src/model/service.ts'
import { type OneOffChanges, oneOffService } from '../../src/planner/one-off-service.ts'
import { aPort, aService } from '../support/model-builders.ts'

const NONE: OneOffChanges = {
  environment: new Map(),
  labels: new Map(),
  capAdd: [],
  capDrop: [],
  hasPorts: false,
  tty: false,
  stdinOpen: true,
}
const web: Service = aService('web', {
  containerName: 'the-web',
  command: ['serve'],
  entrypoint: ['/entry'],
  environment: new Map([['A', '1']]),
  ports: [aPort(80)],
  restart: { kind: 'always' },
})

test('oneOffService() has no name, no restarts and no published ports of its own', () => {
  expect(oneOffService(web, NONE)).toMatchObject({
    ...{ containerName: undefined, restart: { kind: 'no' }, ports: [], tty: false, stdinOpen: true },
    ...{ command: ['serve'], entrypoint: ['/entry'] },
  })
  expect(oneOffService(web, { ...NONE, hasPorts: true }).ports).toBe(web.ports)
})

test('oneOffService() is stopped when unhealthy where its service is, and never started again', () => {
  expect(oneOffService(aService('web', { onUnhealthy: 'restart' }), NONE)).not.toHaveProperty('onUnhealthy')
  expect(oneOffService(aService('web', { onUnhealthy: 'stop' }), NONE)).toMatchObject({ onUnhealthy: 'stop' })
})

test.for([
  { what: 'a command', changes: { command: ['ls'] }, command: ['ls'], entrypoint: ['/entry'] },
  { what: 'an entrypoint', changes: { entrypoint: ['sh'] }, command: [], entrypoint: ['sh'] },
  {
    what: 'both',
    changes: { command: ['-c', 'ls'], entrypoint: ['sh'] },
    command: ['-c', 'ls'],
    entrypoint: ['sh'],
  },
])('oneOffService() with $what runs these words', ({ changes, command, entrypoint }) => {
  expect(oneOffService(web, { ...NONE, ...changes })).toMatchObject({ command, entrypoint })
})

test('oneOffService() adds variables and labels to those of the service, and unsets variables', () => {
  const environment = new Map([
    ['A', undefined],
    ['B', '2'],
  ])
  const labels = new Map([['job', 'yes']])
  const made = oneOffService(web, { ...NONE, environment, labels })
  expect(made.environment).toEqual(environment)
  expect(made.labels).toEqual(new Map([...web.labels, ...labels]))
})

test('oneOffService() drops no capability that is added, and adds none that is dropped', () => {
  const { security } = aService('web')
  const able = aService('web', { security: { ...security, capAdd: ['SYS_TIME'], capDrop: ['ALL'] } })
  const made = oneOffService(able, { ...NONE, capAdd: ['ALL'], capDrop: ['SYS_TIME'] })
  expect(made.security).toMatchObject({ capAdd: ['ALL'], capDrop: ['SYS_TIME'] })
})

test('oneOffService() takes another user and folder', () => {
  const made = oneOffService(web, { ...NONE, user: '1000', workingDir: '/srv' })
  expect(made).toMatchObject({ user: '1000', workingDir: '/srv' })
})
