import { expect, test } from 'vitest'
import {
  CAPABILITY_NAMES,
  capabilityNames,
  capabilitySet,
  DEFAULT_CAPABILITIES,
  grantedCapabilities,
  hasCapability,
  parseCapability,
  readCapabilities,
} from '../../src/runtime/capabilities.ts'

const HOST = (1n << 41n) - 1n
const none = { privileged: false, capAdd: [], capDrop: [] }
const NET_ADMIN = capabilitySet(['NET_ADMIN'])
const CHOWN = capabilitySet(['CHOWN'])

const cases = [
  { name: 'the default', request: none, host: HOST, granted: DEFAULT_CAPABILITIES },
  {
    name: 'an addition',
    request: { ...none, capAdd: ['NET_ADMIN'] },
    host: HOST,
    granted: DEFAULT_CAPABILITIES | NET_ADMIN,
  },
  {
    name: 'a drop',
    request: { ...none, capDrop: ['CHOWN'] },
    host: HOST,
    granted: DEFAULT_CAPABILITIES & ~CHOWN,
  },
  {
    name: 'only what is added when all is dropped',
    request: { ...none, capAdd: ['CHOWN'], capDrop: ['ALL'] },
    host: HOST,
    granted: CHOWN,
  },
  {
    name: 'all but a drop',
    request: { ...none, capAdd: ['ALL'], capDrop: ['CHOWN'] },
    host: HOST,
    granted: HOST & ~CHOWN,
  },
  {
    name: 'all to privileged',
    request: { ...none, privileged: true, capDrop: ['ALL'] },
    host: HOST,
    granted: HOST,
  },
  {
    name: 'no default that the host lacks',
    request: none,
    host: HOST & ~CHOWN,
    granted: DEFAULT_CAPABILITIES & ~CHOWN,
  },
  {
    name: 'a named one that the host lacks, to fail on it',
    request: { ...none, capAdd: ['CHOWN'] },
    host: 0n,
    granted: CHOWN,
  },
]
for (const { name, request, host, granted } of cases) {
  test(`grantedCapabilities() grants ${name}`, () => {
    expect(grantedCapabilities(request, host)).toBe(granted)
  })
}

test('DEFAULT_CAPABILITIES is the mask that Docker shows in CapBnd', () => {
  expect(DEFAULT_CAPABILITIES.toString(16)).toBe('a80425fb')
})

test('CAPABILITY_NAMES holds all 41 in the order of the kernel', () => {
  expect(CAPABILITY_NAMES).toHaveLength(41)
  expect(CAPABILITY_NAMES.indexOf('SYS_ADMIN')).toBe(21)
  expect(CAPABILITY_NAMES.indexOf('CHECKPOINT_RESTORE')).toBe(40)
})

test('hasCapability() tells one from its neighbour', () => {
  expect(hasCapability(CHOWN, 'CHOWN')).toBe(true)
  expect(hasCapability(CHOWN, 'DAC_OVERRIDE')).toBe(false)
})

for (const text of ['net_admin', 'CAP_NET_ADMIN', 'NET_ADMIN']) {
  test(`parseCapability() reads ${text}`, () => {
    expect(parseCapability(text)).toBe('NET_ADMIN')
  })
}

test('parseCapability() rejects an unknown name', () => {
  expect(() => parseCapability('FLY')).toThrow(/^Cannot use capability "FLY"/)
})

for (const { set, names } of [
  { set: 0n, names: [] },
  { set: CHOWN | NET_ADMIN, names: ['CAP_CHOWN', 'CAP_NET_ADMIN'] },
  { set: (1n << 40n) | (1n << 41n), names: ['CAP_CHECKPOINT_RESTORE', 'CAP_41'] },
]) {
  test(`capabilityNames() and readCapabilities() have ${names.join(', ') || 'no name'} for ${set}`, () => {
    expect(capabilityNames(set)).toEqual(names)
    expect(readCapabilities(names)).toBe(set)
  })
}

test('readCapabilities() rejects an unknown name', () => {
  expect(() => readCapabilities(['CAP_FLY'])).toThrow(/^Cannot use capability "CAP_FLY"/)
})
