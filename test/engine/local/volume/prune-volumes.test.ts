import { existsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { createVolume } from '../../../../src/engine/local/volume/create-volume.ts'
import { pruneVolumes } from '../../../../src/engine/local/volume/prune-volumes.ts'
import { openLease } from '../../../../src/store/lease.ts'
import { applyScene } from '../../../support/apply-scene.ts'
import { aContainerSpec } from '../../../support/container-input.ts'

const ANONYMOUS = 'a'.repeat(64)
const USED = 'b'.repeat(64)

for (const { all, names } of [
  { all: false, names: [ANONYMOUS] },
  { all: true, names: [ANONYMOUS, 'named'] },
]) {
  test(`pruneVolumes() removes ${names.length} of the volumes that nobody needs`, async () => {
    await using scene = applyScene()
    const content = new Map(
      [ANONYMOUS, USED, 'named', 'leased', 'declared'].map(name => [
        name,
        createVolume(scene.roots, { name, labels: new Map(), createdAt: 1 }),
      ]),
    )
    writeFileSync(join(content.get(ANONYMOUS) ?? '', 'file'), 'x'.repeat(10_000))
    scene.addContainer(aContainerSpec({ image: `rootfs:${scene.image}` }), {
      anonymousVolumes: [{ target: '/data', name: USED }],
    })
    const volume = { key: 'declared', name: 'declared', configHash: '', external: false }
    scene.store.setVolume('declared', { ...volume, phase: 'created' })
    await scene.store.save()
    using lease = openLease(scene.roots)
    await lease.keep(['volume leased'])
    const removed = await pruneVolumes(scene.roots, { all })
    expect([...removed.names].toSorted()).toEqual(names)
    expect(removed.bytes).toBeGreaterThanOrEqual(10_000)
    const left = [...content].filter(([, path]) => existsSync(path)).map(([name]) => name)
    expect(left).toEqual([...content.keys()].filter(name => !names.includes(name)))
  })
}
