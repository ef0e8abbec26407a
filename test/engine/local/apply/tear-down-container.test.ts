import { existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { writeVolatileRecord } from '../../../../src/disk/record-file.ts'
import { tearDownContainer } from '../../../../src/engine/local/apply/tear-down-container.ts'
import { containerCgroupOf } from '../../../../src/engine/local/container/container-cgroup.ts'
import { cgroupFolder } from '../../../../src/linux/cgroup/cgroup.ts'
import { SystemCallError } from '../../../../src/linux/libc.ts'
import { type ApplyScene, applyScene } from '../../../support/apply-scene.ts'
import { aContainerSpec } from '../../../support/container-input.ts'
import { aLiveEndpoint, aLiveRecord } from '../../../support/live-record.ts'

/** A container that was started: with all its files, a process, a port, a control group and an interface. */
async function started(scene: ApplyScene) {
  const spec = aContainerSpec({ image: `rootfs:${scene.image}` })
  const { entry, layout } = scene.addContainer(spec)
  const live = aLiveRecord(entry, {
    endpoints: [aLiveEndpoint({ ipv4Address: '10.1.0.2', hostInterface: 'veth7' })],
    ports: [{ hostIp: '0.0.0.0', hostPort: 8080, target: 80, protocol: 'tcp' }],
  })
  writeVolatileRecord(layout.live, live)
  const files = [layout.launch, layout.healthLaunch, layout.health, layout.restarts]
  for (const file of files) writeFileSync(file, '')
  const { cgroups } = scene.host
  const mountPoint = cgroups.kind === 'v1' ? (cgroups.hierarchies[0]?.mountPoint ?? '') : ''
  const owner = { tag: scene.context.tag, project: 'shop', id: entry.id }
  mkdirSync(cgroupFolder(mountPoint, owner), { recursive: true })
  scene.context.ports.set(entry.id, live)
  await scene.keeper.run(entry.id, layout.runDir)
  await scene.keeper.hold({
    ...{ name: `${entry.id.slice(0, 12)}/port/0`, netns: undefined, family: 2, type: 1 },
    ...{ address: Uint8Array.of(0, 0, 0, 0), port: 8080, backlog: 0, reuseAddress: false, ipv6Only: false },
  })
  return { entry, layout, files, hasCgroup: () => containerCgroupOf(cgroups, owner).folders.length > 0 }
}

test('tearDownContainer() removes all that a container has in the kernel, and its live record last', async () => {
  await using scene = applyScene()
  const { entry, layout, files, hasCgroup } = await started(scene)
  expect(hasCgroup()).toBe(true)
  const { gone } = await tearDownContainer(scene.context, entry)
  expect(scene.keeper.asked).toEqual(['hold tcp 0.0.0.0:8080', 'signal 9', 'release 1'])
  expect(files.filter(existsSync)).toEqual([])
  expect(scene.context.ports.all()).toEqual([])
  expect(existsSync(layout.live)).toBe(true)
  await scene.settled()
  await gone
  expect(existsSync(layout.live)).toBe(false)
  expect(scene.network.asked).toEqual(['remove netns', 'remove veth7'])
  expect(hasCgroup()).toBe(false)
})

test('tearDownContainer() keeps the live record of what the kernel refuses to delete', async () => {
  await using scene = applyScene()
  const { entry, layout } = await started(scene)
  scene.network.kept.set('veth7', new SystemCallError('netlink', 16, 'delete veth7'))
  let isGone = false
  const { gone } = await tearDownContainer(scene.context, entry, () => {
    isGone = true
  })
  await scene.settled()
  await expect(gone).rejects.toMatchObject({
    message: 'Cannot remove container "shop-web-1": the kernel refuses to delete interface veth7 (EBUSY)',
  })
  expect([isGone, existsSync(layout.live)]).toEqual([false, true])
})

test('tearDownContainer() asks nothing of a keeper that has ended, and may be done twice', async () => {
  await using scene = applyScene()
  const { entry } = await started(scene)
  await tearDownContainer(scene.context, entry)
  await scene.settled()
  scene.keeper.hasEnded = true
  scene.keeper.asked.splice(0)
  const { gone } = await tearDownContainer(
    { ...scene.context, runningKeeper: async () => scene.keeper },
    entry,
  )
  await scene.settled()
  await expect(gone).resolves.toBeUndefined()
  expect(scene.keeper.asked).toEqual([])
})
