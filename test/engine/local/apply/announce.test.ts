import { expect, test } from 'vitest'
import { announcePlan } from '../../../../src/engine/local/apply/announce.ts'
import { bridgeName } from '../../../../src/engine/local/network/kernel-name.ts'
import { readProjectRecord } from '../../../../src/engine/local/state/project-record.ts'
import { applyScene } from '../../../support/apply-scene.ts'
import { aContainerSpec } from '../../../support/container-input.ts'
import { aNetwork, aVolume } from '../../../support/model-builders.ts'
import { aPlan, aStart, aStep } from '../../../support/plan-builders.ts'

const NOW = 1_700_000_000_000

test('announcePlan() writes down all that a plan is about to make, and nothing else', async () => {
  await using scene = applyScene()
  const { layout, project } = scene.context
  const owner = { tag: 'abcdef', project }
  const container = aContainerSpec()
  const plan = aPlan([
    aStep(1, { kind: 'create-network', network: aNetwork('front'), configHash: 'n' }),
    aStep(2, { kind: 'create-volume', volume: aVolume('data'), configHash: 'v' }),
    aStep(3, { kind: 'create-container', container, replaces: undefined }),
    aStart(4, 'web'),
  ])
  const announced = await announcePlan(plan, scene.store, { owner, now: NOW })
  expect([...announced.keys()]).toEqual(['web-1'])
  const id = announced.get('web-1') ?? ''
  expect(id).toMatch(/^[0-9a-f]{64}$/)
  const record = readProjectRecord(layout.record, project)
  const bridge = bridgeName(owner, 'front')
  expect([...record.networks]).toMatchObject([
    ['front', { phase: 'creating', configHash: 'n', network: { name: 'shop_front' }, bridge }],
  ])
  expect([...record.volumes.values()]).toEqual([
    { phase: 'creating', key: 'data', name: 'shop_data', external: false, configHash: 'v' },
  ])
  expect([...record.containers.values()]).toMatchObject([
    {
      id,
      phase: 'creating',
      spec: { name: 'shop-web-1' },
      createdAt: NOW,
      command: [],
      anonymousVolumes: [],
    },
  ])
})

test('announcePlan() remembers the subnet of a network that is made again', async () => {
  await using scene = applyScene()
  const network = aNetwork('front')
  const made = { bridge: 'br1', subnet: '10.7.0.0/24', gateway: '10.7.0.1' }
  scene.store.setNetwork('front', { phase: 'created', configHash: 'old', network, ...made })
  const plan = aPlan([aStep(1, { kind: 'create-network', network, configHash: 'new' })])
  await announcePlan(plan, scene.store, {
    owner: { tag: 'abcdef', project: scene.context.project },
    now: NOW,
  })
  expect(scene.store.record.networks.get('front')).toMatchObject({
    ...{ phase: 'creating', configHash: 'new', subnet: '10.7.0.0/24', gateway: '10.7.0.1' },
  })
})
