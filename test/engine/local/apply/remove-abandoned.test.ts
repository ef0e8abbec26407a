import { existsSync } from 'node:fs'
import { expect, test } from 'vitest'
import { removeAbandoned } from '../../../../src/engine/local/apply/remove-abandoned.ts'
import { projectLayout } from '../../../../src/engine/local/state/layout.ts'
import { lockLeases, readLeases, writeLeases } from '../../../../src/engine/local/state/network-leases.ts'
import { lockProject } from '../../../../src/engine/local/state/project-lock.ts'
import type { NetworkEntry } from '../../../../src/engine/local/state/project-record.ts'
import { RecordStore } from '../../../../src/engine/local/state/record-store.ts'
import { SystemCallError } from '../../../../src/linux/libc.ts'
import { parseProjectName } from '../../../../src/model/names.ts'
import { containerIdOf } from '../../../support/apply-plan.ts'
import { type ApplyScene, applyScene } from '../../../support/apply-scene.ts'
import { aContainerSpec } from '../../../support/container-input.ts'
import { aNetwork } from '../../../support/model-builders.ts'

const OTHER = parseProjectName('other')
const NAMES = new Set(['proxy'])
const ABANDONED: NetworkEntry = {
  ...{ phase: 'created', configHash: 'h', network: aNetwork('front', { name: 'proxy' }) },
  ...{ bridge: 'br7', subnet: '10.0.0.0/24', gateway: '10.0.0.1', abandoned: true },
}

/** Writes the record of project `other`, which has the networks `entries`. */
async function leave({ roots }: ApplyScene, ...entries: readonly NetworkEntry[]) {
  const store = new RecordStore(OTHER, projectLayout(roots, OTHER))
  for (const entry of entries) store.setNetwork(entry.network.key, entry)
  await store.save()
}

function networksLeft({ roots }: ApplyScene): readonly string[] {
  return [...new RecordStore(OTHER, projectLayout(roots, OTHER)).record.networks.keys()]
}

test('removeAbandoned() removes a network that its project went down without, and that project', async () => {
  await using scene = applyScene()
  await leave(scene, ABANDONED)
  await removeAbandoned(scene.roots, scene.network, NAMES)
  expect(scene.network.asked).toEqual(['remove br7', 'firewall'])
  expect(readLeases(scene.roots, 'proxy')).toEqual([])
  expect(existsSync(projectLayout(scene.roots, OTHER).dataDir)).toBe(false)
})

for (const { what, entries, left } of [
  { what: 'a network that its project still manages', entries: [{ abandoned: undefined }], left: ['front'] },
  {
    what: 'a network of another name',
    entries: [{ network: aNetwork('front', { name: 'else' }) }],
    left: ['front'],
  },
  {
    what: 'what the project has beside it',
    entries: [{}, { network: aNetwork('back', { name: 'else' }) }],
    left: ['back'],
  },
]) {
  test(`removeAbandoned() leaves ${what}`, async () => {
    await using scene = applyScene()
    const all = entries.map(changes => {
      const { abandoned, ...entry } = { ...ABANDONED, ...changes }
      return abandoned === undefined ? entry : { ...entry, abandoned }
    })
    await leave(scene, ...all)
    await removeAbandoned(scene.roots, scene.network, NAMES)
    expect(networksLeft(scene)).toEqual(left)
  })
}

test('removeAbandoned() leaves a network that somebody uses', async () => {
  await using scene = applyScene()
  await leave(scene, ABANDONED)
  const { entry } = scene.addContainer(aContainerSpec({ image: `rootfs:${scene.image}` }))
  await scene.store.save()
  const lease = { ipv4Address: '10.0.0.9', project: scene.context.project, container: entry.id }
  {
    using _lock = await lockLeases(scene.roots, 'proxy')
    writeLeases(scene.roots, 'proxy', [{ ...lease, service: 'web', name: 'shop-web-1', aliases: [] }])
  }
  await removeAbandoned(scene.roots, scene.network, NAMES)
  expect(scene.network.asked).toEqual(['firewall'])
  expect(networksLeft(scene)).toEqual(['front'])
  expect(readLeases(scene.roots, 'proxy')).toHaveLength(1)
})

test('removeAbandoned() leaves what the kernel refuses to delete on record', async () => {
  await using scene = applyScene()
  await leave(scene, ABANDONED)
  scene.network.kept.set('br7', new SystemCallError('netlink', 16, 'delete br7'))
  await removeAbandoned(scene.roots, scene.network, NAMES)
  expect(networksLeft(scene)).toEqual(['front'])
})

test('removeAbandoned() leaves a project to the command at work on it, and one with containers', async () => {
  await using scene = applyScene()
  await leave(scene, ABANDONED)
  const layout = projectLayout(scene.roots, OTHER)
  {
    using _lock = await lockProject(layout, { command: 'up', signal: scene.context.signal, onWait: () => {} })
    await removeAbandoned(scene.roots, scene.network, NAMES)
  }
  const store = new RecordStore(OTHER, layout)
  const id = containerIdOf(1)
  const rest = { imageId: undefined, createdAt: 1, command: [], anonymousVolumes: [] }
  store.setContainer(id, { id, phase: 'created', spec: aContainerSpec(), ...rest })
  await store.save()
  await removeAbandoned(scene.roots, scene.network, NAMES)
  expect(scene.network.asked).toEqual([])
  expect(networksLeft(scene)).toEqual(['front'])
})

test('removeAbandoned() looks at no project where no network was left', async () => {
  await using scene = applyScene()
  await leave(scene, ABANDONED)
  await removeAbandoned(scene.roots, scene.network, new Set())
  expect(scene.network.asked).toEqual([])
})
