import { expect, test } from 'vitest'
import { firewallRequest, foreignNames } from '../../../../src/engine/local/network/firewall-request.ts'
import { projectLayout } from '../../../../src/engine/local/state/layout.ts'
import { emptyProjectRecord, type ProjectRecord } from '../../../../src/engine/local/state/project-record.ts'
import { RecordStore } from '../../../../src/engine/local/state/record-store.ts'
import { parseContainerId, parseProjectName } from '../../../../src/model/names.ts'
import { containerSpec, toDesiredState } from '../../../../src/planner/desired-state.ts'
import { aNetwork, aProject, aService, sha256Hex } from '../../../support/model-builders.ts'
import { temporaryFolder } from '../../../support/temporary-folder.ts'

const [owner, user] = [parseProjectName('owner'), parseProjectName('user')]
const ipv4 = { subnet: '10.8.1.0/24', gateway: '10.8.1.1' }
const made = { bridge: 'tcbproxy', ...ipv4 }

test('firewallRequest() covers the networks of others that containers of the project use', async () => {
  using folder = temporaryFolder()
  const roots = { data: `${folder.path}/data`, run: `${folder.path}/run` }
  const ports = { all: () => [], takeRemoved: () => [] }
  const store = new RecordStore(owner, projectLayout(roots, owner))
  const network = aNetwork('default', { name: 'proxy' })
  store.setNetwork('default', { phase: 'created', configHash: '', network, ...made })
  await store.save()
  const request = (record: ProjectRecord) =>
    firewallRequest({ roots, tag: 'abc123', project: user, store: { record }, ports })
  expect(request(emptyProjectRecord(user))).toBeUndefined()
  expect(request(userOf('proxy', 'created'))?.networks).toEqual([{ network, bridge: 'tcbproxy', ipv4 }])
  expect(request(userOf('proxy', 'removing'))).toBeUndefined()
  expect(request(userOf('unknown', 'created'))).toBeUndefined()
  expect(foreignNames(userOf('proxy', 'created'))).toEqual(['proxy'])
  expect(foreignNames(store.record)).toEqual([])
})

/** A project with one container, on the network called `name`. */
function userOf(name: string, phase: 'created' | 'removing'): ProjectRecord {
  const [service] = toDesiredState(aProject([aService('web')]), {}, sha256Hex).services
  if (service === undefined) throw new Error('Cannot find the service: the project has none')
  const id = parseContainerId('a'.repeat(64))
  const spec = { ...containerSpec({ project: user }, service, 1), networkNames: new Map([['default', name]]) }
  const entry = { id, phase, spec, imageId: undefined, createdAt: 0, command: [], anonymousVolumes: [] }
  return { ...emptyProjectRecord(user), containers: new Map([[id, entry]]) }
}
