import { describe, expect, test } from 'vitest'
import type { Change } from '../../src/planner/change.ts'
import { toDesiredState } from '../../src/planner/desired-state.ts'
import { planDown } from '../../src/planner/plan-down.ts'
import { planRestart } from '../../src/planner/plan-restart.ts'
import { planUp } from '../../src/planner/plan-up.ts'
import type { UpOptions } from '../../src/planner/up/up-options.ts'
import { applyPlan } from '../support/apply-plan.ts'
import {
  aNetwork,
  anObservedState,
  aProject,
  aService,
  aVolume,
  aVolumeMount,
  sha256Hex,
} from '../support/model-builders.ts'

const web = aService('web', { replicas: 2, mounts: [aVolumeMount('data')] })
const db = aService('db')
const project = aProject([web, db], { volumes: [aVolume('data')] })
const running = applyPlan(
  anObservedState(),
  planUp(toDesiredState(project, {}, sha256Hex), anObservedState()),
)

function lineOf(change: Change): string {
  switch (change.kind) {
    case 'create-network':
    case 'repair-network':
    case 'replace-network':
      return `${change.kind} ${change.wanted.network.key}: ${change.cause}`
    case 'create-volume':
      return `${change.kind} ${change.wanted.volume.key}: ${change.cause}`
    case 'remove-network':
    case 'remove-volume':
      return `${change.kind} ${change.key}: ${change.cause}`
    case 'create-service':
    case 'recreate-service':
    case 'run-service':
    case 'reattach-service':
    case 'scale-service':
      return `${change.kind} ${change.service.config.name}: ${change.cause}`
    default:
      return `${change.kind} ${change.service}: ${change.cause}`
  }
}

function upChanges(to: typeof project, observed = running, options: UpOptions = {}): readonly string[] {
  return planUp(toDesiredState(to, {}, sha256Hex), observed, options).changes.map(lineOf)
}

describe('the changes of planUp()', () => {
  test('create what a project lacks', () => {
    expect(upChanges(project, anObservedState())).toEqual([
      'create-network default: not found',
      'create-volume data: not found',
      'create-service db: not found',
      'create-service web: not found',
    ])
  })

  test('are none where all is as the file says', () => {
    expect(upChanges(project)).toEqual([])
  })

  test('recreate a service once, whatever its replicas', () => {
    expect(upChanges(aProject([{ ...web, workingDir: '/srv' }, db], { volumes: [aVolume('data')] }))).toEqual(
      ['recreate-service web: configuration changed: working_dir'],
    )
  })

  test('scale a service up and down', () => {
    const scaled = (replicas: number) => aProject([{ ...web, replicas }, db], { volumes: [aVolume('data')] })
    expect(upChanges(scaled(3))).toEqual(['scale-service web: scaled up to 3'])
    expect(upChanges(scaled(1))).toEqual(['scale-service web: scaled down to 1'])
  })

  test('remove what the file does not declare, where that is asked for', () => {
    const without = aProject([db])
    expect(upChanges(without)).toEqual([])
    expect(upChanges(without, running, { removeOrphans: true })).toEqual([
      'remove-service web: not in the file',
    ])
  })

  test('replace a network and reattach what hangs on it', () => {
    const internal = aProject([web, db], {
      networks: [aNetwork('default', { internal: true })],
      volumes: [aVolume('data')],
    })
    expect(upChanges(internal)).toEqual([
      'replace-network default: configuration changed: internal',
      'reattach-service db: network default changed',
      'reattach-service web: network default changed',
    ])
  })

  test('start a service that has ended', () => {
    const containers = running.containers.map(container =>
      container.service === 'db'
        ? {
            ...container,
            state: { kind: 'exited', exitCode: 3, finishedAt: 0, outOfMemory: false } as const,
          }
        : container,
    )
    expect(upChanges(project, { ...running, containers })).toEqual(['start-service db: exited with code 3'])
  })
})

test('the changes of planDown() remove services once each, networks and volumes', () => {
  expect(planDown(running, { project, volumes: true }).changes.map(lineOf)).toEqual([
    'remove-service db: down',
    'remove-service web: down',
    'remove-network default: down',
    'remove-volume data: down --volumes',
  ])
})

test('the changes of planRestart() are those of the services that exist', () => {
  expect(planRestart(running, { services: ['web'] }).changes).toEqual([
    { kind: 'restart-service', service: 'web', cause: 'restart' },
  ])
})
