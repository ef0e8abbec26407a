import { expect, test } from 'vitest'
import { sysctlSteps } from '../../../src/engine/container/sysctl-steps.ts'
import type { LaunchStep } from '../../../src/engine/keeper/launch-op.ts'

function written(steps: readonly LaunchStep[]): readonly string[] {
  return steps.map(({ op }) =>
    op.op === 'write-file' ? `${op.path}=${new TextDecoder().decode(op.content)}` : op.op,
  )
}

test('sysctlSteps() opens low ports and ping in a network namespace of its own', () => {
  expect(written(sysctlSteps({ name: 'web', sysctls: new Map() }, true))).toEqual([
    '/proc/sys/net/ipv4/ip_unprivileged_port_start=0',
    '/proc/sys/net/ipv4/ping_group_range=0 2147483647',
  ])
})

test('sysctlSteps() touches nothing of the host network', () => {
  expect(sysctlSteps({ name: 'web', sysctls: new Map() }, false)).toEqual([])
})

test('sysctlSteps() takes the file over the defaults, with its origin', () => {
  const sysctls = new Map([
    ['net.ipv4.ip_unprivileged_port_start', '80'],
    ['net/ipv4/conf/eth0.1/forwarding', '1'],
  ])
  const steps = sysctlSteps({ name: 'web', sysctls }, true)
  expect(written(steps)).toEqual([
    '/proc/sys/net/ipv4/ping_group_range=0 2147483647',
    '/proc/sys/net/ipv4/ip_unprivileged_port_start=80',
    '/proc/sys/net/ipv4/conf/eth0.1/forwarding=1',
  ])
  expect(steps[1]?.origin).toBe('services.web.sysctls.net.ipv4.ip_unprivileged_port_start')
})
