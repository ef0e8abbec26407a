import { expect, test } from 'vitest'
import { missingExternals } from '../../../../src/engine/local/apply/missing-externals.ts'
import { projectLayout } from '../../../../src/engine/local/state/layout.ts'
import { RecordStore } from '../../../../src/engine/local/state/record-store.ts'
import { createVolume } from '../../../../src/engine/local/volume/create-volume.ts'
import { parseProjectName } from '../../../../src/model/names.ts'
import type { Step } from '../../../../src/planner/plan.ts'
import { aContainerSpec } from '../../../support/container-input.ts'
import { aNetwork, aVolume } from '../../../support/model-builders.ts'
import { aPlan, aStep } from '../../../support/plan-builders.ts'
import { temporaryFolder } from '../../../support/temporary-folder.ts'

const configHash = 'h'

function aContainerOn(
  networkNames: ReadonlyMap<string, string>,
  volumeNames: ReadonlyMap<string, string>,
): Step {
  const container = { ...aContainerSpec(), networkNames, volumeNames }
  return aStep(9, { kind: 'create-container', container, replaces: undefined })
}

test('missingExternals() names the networks and volumes that nobody made, with their places', () => {
  using folder = temporaryFolder()
  const roots = { data: folder.path, run: folder.path }
  const step = aContainerOn(new Map([['n', 'net']]), new Map([['v', 'vol']]))
  expect(missingExternals(roots, aPlan([step])).map(({ message, origin }) => [message, origin])).toEqual([
    ['Cannot use network "n": network net declared as external, but could not be found', 'networks.n'],
    ['Cannot use external volume "vol": it does not exist', 'volumes.v'],
  ])
})

test('missingExternals() is content with what the plan makes, and with what another project made', async () => {
  using folder = temporaryFolder()
  const roots = { data: folder.path, run: folder.path }
  const step = aContainerOn(new Map([['n', 'net']]), new Map([['v', 'vol']]))
  const made = [
    aStep(1, { kind: 'create-network', network: aNetwork('n'), configHash }),
    aStep(2, { kind: 'create-volume', volume: aVolume('v'), configHash }),
  ]
  expect(missingExternals(roots, aPlan([...made, step]))).toEqual([])
  const other = parseProjectName('other')
  const store = new RecordStore(other, projectLayout(roots, other))
  const network = aNetwork('theirs', { name: 'net' })
  const kernel = { bridge: 'br', subnet: '10.0.0.0/24', gateway: '10.0.0.1' }
  store.setNetwork('theirs', { phase: 'created', configHash, network, ...kernel })
  await store.save()
  createVolume(roots, { name: 'vol', labels: new Map(), createdAt: 1 })
  expect(missingExternals(roots, aPlan([step]))).toEqual([])
})
