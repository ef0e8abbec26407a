import { constants } from 'node:os'
import { expect, test } from 'vitest'
import { bridgeGone } from '../../../../src/engine/local/network/bridge-gone.ts'
import { madeNetwork, type NetworkRecord } from '../../../../src/engine/local/network/network-record.ts'
import { projectLayout } from '../../../../src/engine/local/state/layout.ts'
import { RecordStore } from '../../../../src/engine/local/state/record-store.ts'
import { SystemCallError } from '../../../../src/linux/libc.ts'
import { parseProjectName } from '../../../../src/model/names.ts'
import { aNetwork } from '../../../support/model-builders.ts'
import { temporaryFolder } from '../../../support/temporary-folder.ts'

const NO_DEVICE = new SystemCallError('netlink', constants.errno.ENODEV, 'veth')
const SHOP = parseProjectName('shop')

/** A network whose bridge no machine has; `lo` is on every one. */
function aRecord(bridge = 'tcb-absent'): NetworkRecord {
  return {
    ...{ network: aNetwork('front', { name: 'proxy' }), bridge },
    ipv4: { subnet: '10.0.0.0/24', gateway: '10.0.0.1' },
  }
}

test('bridgeGone() names the network whose bridge does not exist, and who makes it again', async () => {
  using folder = temporaryFolder()
  const roots = { data: folder.path, run: folder.path }
  const attempt = { roots, project: SHOP, records: [aRecord('lo'), aRecord()] }
  expect(bridgeGone(NO_DEVICE, attempt)).toMatchObject({
    ...{ code: 'network', origin: 'networks.front', cause: NO_DEVICE },
    message: 'Cannot use network "proxy": its bridge does not exist',
    hint: 'Run `tcompose up`, which recreates it',
  })
  const other = parseProjectName('other')
  const store = new RecordStore(other, projectLayout(roots, other))
  const record = aRecord()
  store.setNetwork('front', {
    ...{ phase: 'created', configHash: '', network: record.network },
    ...madeNetwork(record),
  })
  await store.save()
  expect(bridgeGone(NO_DEVICE, attempt)).toMatchObject({
    message: 'Cannot use network "proxy" of project "other": its bridge does not exist',
    hint: 'Run `tcompose up` for project "other" first, which recreates it',
  })
})

test('bridgeGone() returns nothing for what it cannot explain', () => {
  using folder = temporaryFolder()
  const roots = { data: folder.path, run: folder.path }
  const place = { roots, project: SHOP }
  const refused = new SystemCallError('netlink', constants.errno.EPERM, 'veth')
  expect(bridgeGone(refused, { ...place, records: [aRecord()] })).toBeUndefined()
  expect(bridgeGone('thrown', { ...place, records: [aRecord()] })).toBeUndefined()
  expect(bridgeGone(NO_DEVICE, { ...place, records: [aRecord('lo')] })).toBeUndefined()
})
