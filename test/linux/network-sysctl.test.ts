import { expect, test } from 'vitest'
import { readNetworkSysctl, setNetworkSysctl } from '../../src/linux/network-sysctl.ts'
import { createNetworkSandbox } from '../support/network-sandbox.ts'

test('setNetworkSysctl() sets what readNetworkSysctl() returns, in the namespace alone', () => {
  using sandbox = createNetworkSandbox()
  const before = readNetworkSysctl('ipv4/ping_group_range')
  const inside = sandbox.onHost(() => {
    setNetworkSysctl('ipv4/ping_group_range', '0 2147483647')
    return readNetworkSysctl('ipv4/ping_group_range')
  })
  expect(inside).toBe('0 2147483647')
  expect(readNetworkSysctl('ipv4/ping_group_range')).toBe(before)
})

test('readNetworkSysctl() returns undefined for a setting that the kernel does not have', () => {
  expect(readNetworkSysctl('ipv4/none')).toBeUndefined()
})
