import { expect, test } from 'vitest'
import { refuseMappedOwners } from '../../../../src/engine/local/access/refuse-mapped-owners.ts'
import { applyScene } from '../../../support/apply-scene.ts'
import { aContainerSpec } from '../../../support/container-input.ts'

for (const [words, config, isRefused] of [
  ['with a user namespace', { userns: { size: 1000 } }, true],
  ['without one', {}, false],
] as const) {
  test(`refuseMappedOwners() looks at containers that run ${words}`, async () => {
    await using scene = applyScene()
    const { entry, layout } = scene.addContainer(
      aContainerSpec({ image: `rootfs:${scene.image}`, ...config }),
    )
    await scene.context.store.save()
    const { roots, project } = scene.context
    const look = () => refuseMappedOwners({ roots, project, container: entry.id }, 'export')
    expect(look).not.toThrow()
    await scene.keeper.run(entry.id, layout.runDir)
    if (isRefused) expect(look).toThrow('Cannot export container shop-web-1')
    else expect(look).not.toThrow()
  })
}
