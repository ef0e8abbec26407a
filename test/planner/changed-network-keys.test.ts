import { expect, test } from 'vitest'
import { changedAttachmentKeys, changedNetworkKeys } from '../../src/planner/changed-network-keys.ts'
import { aNetwork, anAttachment } from '../support/model-builders.ts'

test('changedNetworkKeys() names the keys of the file, each once', () => {
  const next = aNetwork('front', { internal: true, mtu: 1400, options: { masquerade: false }, ipv6: true })
  expect(changedNetworkKeys(aNetwork('front'), next)).toEqual(['driver_opts', 'enable_ipv6', 'internal'])
  expect(changedNetworkKeys(next, next)).toEqual([])
})

test('changedAttachmentKeys() names the networks that came, went or changed', () => {
  const [old, next] = [
    { kind: 'networks', attachments: [anAttachment('same'), anAttachment('gone'), anAttachment('new')] },
    { kind: 'networks', attachments: [anAttachment('same'), anAttachment('new', { aliases: ['x'] })] },
  ] as const
  expect(changedAttachmentKeys(old, next)).toEqual(['networks.gone', 'networks.new'])
})

test('changedAttachmentKeys() names all networks where just their order changed, and another mode', () => {
  const [a, b] = [anAttachment('a'), anAttachment('b')]
  const networks = { kind: 'networks', attachments: [a, b] } as const
  expect(changedAttachmentKeys(networks, { kind: 'networks', attachments: [b, a] })).toEqual(['networks'])
  expect(changedAttachmentKeys(networks, { kind: 'host' })).toEqual(['network_mode'])
})
