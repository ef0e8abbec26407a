import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdirSync } from 'node:fs'
import { expect, test } from 'vitest'
import {
  guardFirewall,
  isFirewallGuarded,
  leaveFirewall,
} from '../../../../src/engine/local/state/firewall-guard.ts'
import { temporaryFolder } from '../../../support/temporary-folder.ts'

test('isFirewallGuarded() holds while the process lives that said so', async () => {
  using folder = temporaryFolder()
  const layout = { firewallGuard: `${folder.path}/guard` }
  expect(isFirewallGuarded(layout)).toBe(false)
  const guard = spawn('sleep', ['60'])
  await once(guard, 'spawn')
  guardFirewall(layout, guard.pid)
  expect(isFirewallGuarded(layout)).toBe(true)
  guard.kill('SIGKILL')
  await once(guard, 'exit')
  expect(isFirewallGuarded(layout)).toBe(false)
  guardFirewall(layout)
  leaveFirewall(layout)
  expect(isFirewallGuarded(layout)).toBe(false)
})

test('a folder in the place of the guard is no guard, and is put aside by the next', () => {
  using folder = temporaryFolder()
  const layout = { firewallGuard: `${folder.path}/guard` }
  mkdirSync(layout.firewallGuard)
  expect(isFirewallGuarded(layout)).toBe(false)
  guardFirewall(layout)
  expect([isFirewallGuarded(layout), existsSync(`${layout.firewallGuard}.damaged`)]).toEqual([true, true])
})
