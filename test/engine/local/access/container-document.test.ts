import { expect, test } from 'vitest'
import { containerDocument } from '../../../../src/engine/local/access/container-document.ts'
import type { ContainerEntry } from '../../../../src/engine/local/state/project-record.ts'
import { planUp, toDesiredState } from '../../../../src/planner/index.ts'
import { containerIdOf } from '../../../support/apply-plan.ts'
import { anObservedState, aProject, aService, sha256Hex } from '../../../support/model-builders.ts'

function entryOf(changes: Parameters<typeof aService>[1]): ContainerEntry {
  const desired = toDesiredState(aProject([aService('web', changes)]), {}, sha256Hex)
  const step = planUp(desired, anObservedState()).steps.find(
    ({ action }) => action.kind === 'create-container',
  )
  if (step?.action.kind !== 'create-container') throw new Error('nothing is created')
  return {
    ...{ id: containerIdOf(1), phase: 'created', spec: step.action.container, imageId: undefined },
    ...{ createdAt: 0, command: ['a'], exposedPorts: ['90/tcp'], anonymousVolumes: [] },
  }
}

const IMAGE = {
  created: 'then',
  config: {
    Env: ['A=1', 'B=2'],
    Cmd: ['c'],
    Entrypoint: ['e'],
    User: 'u',
    Shell: ['sh'],
    ExposedPorts: { '80/tcp': {} },
  },
}

test('containerDocument() has what the service says on top of its image', () => {
  const environment = new Map([
    ['A', undefined],
    ['B', '3'],
    ['C', ''],
  ] as const)
  expect(containerDocument(IMAGE, entryOf({ environment, command: ['new'], user: '7' }))).toMatchObject({
    created: 'then',
    config: {
      ...{ Env: ['B=3', 'C='], Cmd: ['new'], Entrypoint: ['e'], User: '7', Shell: ['sh'] },
      Labels: { 'com.docker.compose.service': 'web' },
      ExposedPorts: { '80/tcp': {}, '90/tcp': {} },
    },
  })
})

test('containerDocument() leaves out the command of an image whose entrypoint the service replaces', () => {
  expect(containerDocument(IMAGE, entryOf({ entrypoint: ['mine'] }))).toMatchObject({
    config: { Cmd: [], Entrypoint: ['mine'] },
  })
})
