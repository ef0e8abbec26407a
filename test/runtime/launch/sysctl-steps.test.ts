import { expect, test } from 'vitest'
import type { LaunchStep } from '../../../src/runtime/launch/launch-op.ts'
import { sysctlSteps } from '../../../src/runtime/launch/sysctl-steps.ts'
import { aContainerLaunch } from '../../support/container-input.ts'

const stepsOf = (sysctls: ReadonlyMap<string, string>) => sysctlSteps(aContainerLaunch({ sysctls }))

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
  const steps = stepsOf(sysctls)
  expect(written(steps)).toEqual([
    '/proc/sys/net/ipv4/ip_unprivileged_port_start=80',
    '/proc/sys/net/ipv4/conf/eth0.1/forwarding=1',
    '/proc/sys/net/ipv6/conf/eth0/disable_ipv6=0',
  ])
  expect(steps[0]?.origin).toBe('services.web.sysctls.net.ipv4.ip_unprivileged_port_start')
})

test('sysctlSteps() leaves the defaults to who makes the network namespace', () => {
  expect(stepsOf(new Map())).toEqual([])
})

for (const [key, reason] of [
  ['vm.swappiness', 'it belongs to the host'],
  ['fs/inotify/max_user_instances', 'it belongs to the host'],
  ['net/../vm/swappiness', 'it is not the name of a parameter'],
  ['net.//.vm.swappiness', 'it is not the name of a parameter'],
] as const) {
  test(`sysctlSteps() refuses ${key}, also where no rule has looked at it`, () => {
    expect(() => stepsOf(new Map([[key, '1']]))).toThrow(
      expect.objectContaining({
        code: 'container-launch',
        message: expect.stringContaining(`Cannot set sysctl "${key}" of service "web": ${reason}`),
        origin: `services.web.sysctls.${key}`,
      }),
    )
  })
}

test('sysctlSteps() refuses the parameters of the network of the host', () => {
  const sysctls = new Map([['net.core.somaxconn', '1']])
  const launch = aContainerLaunch({ sysctls, networkMode: { kind: 'host' } }, { netns: undefined })
  expect(() => sysctlSteps(launch)).toThrow(expect.objectContaining({ code: 'container-launch' }))
})
