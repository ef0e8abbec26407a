import { existsSync, mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { type Removal, Removals } from '../../../../src/engine/local/apply/removals.ts'
import { removeInterfaces } from '../../../../src/engine/local/network/remove-interfaces.ts'
import type { Cgroup } from '../../../../src/linux/cgroup/cgroup.ts'
import { openNetlink } from '../../../../src/linux/netlink/netlink-socket.ts'
import { listLinks, newBridge } from '../../../../src/linux/rtnetlink/link.ts'
import { createNetworkSandbox, type NetworkSandbox } from '../../../support/network-sandbox.ts'

test('Removals.add() resolves with its own removal, and rejects for what the kernel keeps', async () => {
  using sandbox = createNetworkSandbox()
  makeBridge(sandbox, 'front')
  const removals = new Removals(removeIn(sandbox))
  const recorded: string[] = []
  const removal = (name: string): Removal => ({
    owner: `network "shop_${name}"`,
    interfaces: { bridges: [name], endpoints: [] },
    cgroup: undefined,
    onGone: () => recorded.push(name),
  })
  // The kernel deletes no loopback interface.
  const results = Promise.allSettled(['front', 'lo', 'absent'].map(name => removals.add(removal(name))))
  expect(recorded).toEqual([])
  await removals.flush()
  expect(recorded).toEqual(['front', 'absent'])
  const [front, lo, absent] = await results
  expect([front?.status, absent?.status]).toEqual(['fulfilled', 'fulfilled'])
  expect(lo).toMatchObject({
    reason: {
      code: 'network',
      message: 'Cannot remove network "shop_lo": the kernel refuses to delete interface lo (EOPNOTSUPP)',
    },
  })
  expect(linkNames(sandbox)).toEqual(['lo'])
})

test('Removals calls onGone in the order of adding although a control group takes longer to go', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'tc-removals-'))
  const removals = new Removals(async () => new Map())
  const recorded: string[] = []
  const removal = (name: string, cgroup: Cgroup | undefined): Removal => ({
    owner: `container "${name}"`,
    interfaces: { bridges: [], endpoints: [] },
    cgroup,
    onGone: () => recorded.push(name),
  })
  void removals.add(removal('group', { version: 2, folders: [folder] }))
  void removals.add(removal('files', undefined))
  await removals.flush()
  expect(recorded).toEqual(['group', 'files'])
  expect(existsSync(folder)).toBe(false)
})

/** The socket is opened before the first wait, so in the sandbox. */
function removeIn(sandbox: NetworkSandbox): typeof removeInterfaces {
  return interfaces => {
    let removal: ReturnType<typeof removeInterfaces> | undefined
    sandbox.onHost(() => {
      removal = removeInterfaces(interfaces)
    })
    return removal ?? Promise.reject(new Error('Cannot happen: nothing was removed'))
  }
}

function makeBridge(sandbox: NetworkSandbox, name: string): void {
  sandbox.onHost(() => {
    using socket = openNetlink('route')
    socket.send([newBridge({ name, macAddress: '02:00:00:00:00:01', mtu: undefined })])
  })
}

function linkNames(sandbox: NetworkSandbox): readonly string[] {
  return sandbox.onHost(() => {
    using socket = openNetlink('route')
    return listLinks(socket).map(({ name }) => name)
  })
}
