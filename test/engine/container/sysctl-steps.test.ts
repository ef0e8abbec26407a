import { expect, test } from 'vitest'
import { sysctlSteps } from '../../../src/engine/container/sysctl-steps.ts'
import type { LaunchStep } from '../../../src/engine/keeper/launch-op.ts'

function written(steps: readonly LaunchStep[]): readonly string[] {
  return steps.map(({ op }) =>
    op.op === 'write-file' ? `${op.path}=${new TextDecoder().decode(op.content)}` : op.op,
  )
}

test('sysctlSteps() writes what the file says, in its order and with its origin', () => {
  const sysctls = new Map([
    ['net.ipv4.ip_unprivileged_port_start', '80'],
    ['net/ipv4/conf/eth0.1/forwarding', '1'],
    ['net.ipv6.conf.eth0.disable_ipv6', '0'],
  ])
  const steps = sysctlSteps({ name: 'web', sysctls })
  expect(written(steps)).toEqual([
    '/proc/sys/net/ipv4/ip_unprivileged_port_start=80',
    '/proc/sys/net/ipv4/conf/eth0.1/forwarding=1',
    '/proc/sys/net/ipv6/conf/eth0/disable_ipv6=0',
  ])
  expect(steps[0]?.origin).toBe('services.web.sysctls.net.ipv4.ip_unprivileged_port_start')
})

test('sysctlSteps() leaves the defaults to who makes the network namespace', () => {
  expect(sysctlSteps({ name: 'web', sysctls: new Map() })).toEqual([])
})
