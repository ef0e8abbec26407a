import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { removeFirewall } from '../../../../src/engine/local/network/firewall.ts'
import { isFirewallGuarded } from '../../../../src/engine/local/state/firewall-guard.ts'
import { instanceTag, projectLayout, type Roots } from '../../../../src/engine/local/state/layout.ts'
import { tryLockProject } from '../../../../src/engine/local/state/project-lock.ts'
import { RecordStore } from '../../../../src/engine/local/state/record-store.ts'
import type { Clock } from '../../../../src/engine/local/supervisor/clock.ts'
import { watchFirewall } from '../../../../src/engine/local/supervisor/firewall-watch.ts'
import { duplicateDescriptor } from '../../../../src/linux/duplicate-descriptor.ts'
import { openNetlink } from '../../../../src/linux/netlink/netlink-socket.ts'
import { listTables } from '../../../../src/linux/nftables/ruleset.ts'
import { parseProjectName } from '../../../../src/model/names.ts'
import type { ObservedFirewall } from '../../../../src/model/observed-state.ts'
import { aNetwork } from '../../../support/model-builders.ts'
import { createNetworkSandbox, type NetworkSandbox } from '../../../support/network-sandbox.ts'

const project = parseProjectName('shop')

test('watchFirewall() restores what somebody else deletes, and tells once', async () => {
  using sandbox = createNetworkSandbox()
  const site = await makeSite(sandbox)
  const watch = site.watch()
  expect(site.restored).toEqual(['missing'])
  site.deleteTable()
  expect(site.tables()).toEqual([])
  site.tick()
  site.tick()
  expect(site.tables()).toEqual([`tcompose_${site.tag}_shop`])
  expect(site.restored).toEqual(['missing', 'missing'])
  expect(isFirewallGuarded(site.layout)).toBe(true)
  watch[Symbol.dispose]()
  expect(isFirewallGuarded(site.layout)).toBe(false)
})

test('watchFirewall() leaves the firewall to a command that is at work until its end', async () => {
  using sandbox = createNetworkSandbox()
  const site = await makeSite(sandbox)
  using _watch = site.watch()
  const lock = tryLockProject(site.layout, 'up')
  site.deleteTable()
  site.tick()
  site.tick()
  expect(site.tables()).toEqual([])
  lock?.[Symbol.dispose]()
  site.tick()
  expect(site.tables()).toHaveLength(1)
})

test('watchFirewall() wants no firewall for a project without networks', async () => {
  using sandbox = createNetworkSandbox()
  const site = await makeSite(sandbox, [])
  using _watch = site.watch()
  site.tick()
  expect(site.tables()).toEqual([])
  expect(existsSync(site.layout.firewallGuard)).toBe(true)
})

test('handOver() leaves what changes afterwards to the watch that takes the socket', async () => {
  using sandbox = createNetworkSandbox()
  const site = await makeSite(sandbox)
  const watch = site.watch()
  site.tick()
  let taken = -1
  const keeper = process.ppid
  const handedOver = await watch.handOver(keeper, async fd => {
    taken = duplicateDescriptor(fd)
  })
  watch[Symbol.dispose]()
  expect([handedOver, isFirewallGuarded(site.layout)]).toEqual([true, true])
  expect(readFileSync(site.layout.firewallGuard, 'utf8')).toMatch(new RegExp(`^${keeper} `))
  site.deleteTable()
  using next = site.watch(taken)
  expect(site.tables()).toHaveLength(1)
  expect(readFileSync(site.layout.firewallGuard, 'utf8')).toMatch(new RegExp(`^${process.pid} `))
  site.tick()
  expect(await next.handOver(keeper, async () => {})).toBe(true)
  next.resume()
  site.tick()
  expect(readFileSync(site.layout.firewallGuard, 'utf8')).toMatch(new RegExp(`^${process.pid} `))
  site.deleteTable()
  site.tick()
  expect(site.tables()).toHaveLength(1)
})

test('handOver() does nothing while the firewall is not known to be whole', async () => {
  using sandbox = createNetworkSandbox()
  const site = await makeSite(sandbox)
  using watch = site.watch()
  const lock = tryLockProject(site.layout, 'up')
  const changed = await watch.handOver(process.ppid, async () => site.deleteTable())
  expect([changed, await watch.handOver(process.ppid, async () => {})]).toEqual([false, false])
  lock?.[Symbol.dispose]()
  site.tick()
  expect(site.tables()).toHaveLength(1)
})

/** A project on the sandbox's host, and a clock whose timers run there. */
async function makeSite(sandbox: NetworkSandbox, keys: readonly string[] = ['front']) {
  const roots: Roots = { data: `${sandbox.folder}/data`, run: `${sandbox.folder}/run` }
  const layout = projectLayout(roots, project)
  const store = new RecordStore(project, layout)
  for (const key of keys) {
    const made = { bridge: 'tcbfront', subnet: '10.8.1.0/24', gateway: '10.8.1.1' }
    store.setNetwork(key, { phase: 'created', configHash: '', network: aNetwork(key), ...made })
  }
  await store.save()
  // A project that runs has a keeper, so its run folder stays.
  mkdirSync(layout.runDir, { recursive: true })
  writeFileSync(layout.keeperLog, '')
  const tag = instanceTag(roots)
  const restored: ObservedFirewall[] = []
  let due = (): void => {}
  const clock: Clock = {
    now: () => 0,
    after: (_, callback) => {
      due = callback
      return () => {}
    },
  }
  const onError = (error: unknown): never => {
    throw error
  }
  const onRestored = (found: ObservedFirewall) => void restored.push(found)
  return {
    tag,
    layout,
    restored,
    watch: (socket?: number) =>
      sandbox.onHost(() => watchFirewall({ roots, project, clock, onRestored, onError, socket })),
    tick: () => sandbox.onHost(due),
    deleteTable: () => sandbox.onHost(() => removeFirewall({ tag, project })),
    tables: () =>
      sandbox.onHost(() => {
        using socket = openNetlink('netfilter')
        return listTables(socket).map(({ name }) => name)
      }),
  }
}
