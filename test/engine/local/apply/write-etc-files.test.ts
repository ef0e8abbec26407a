import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import type { ContainerNetwork } from '../../../../src/engine/local/apply/connect-network.ts'
import { changeHosts, writeEtcFiles } from '../../../../src/engine/local/apply/write-etc-files.ts'
import type { ContainerEntry } from '../../../../src/engine/local/state/project-record.ts'
import { parseProjectName } from '../../../../src/model/names.ts'
import type { Service } from '../../../../src/model/service.ts'
import { aContainerSpec } from '../../../support/container-input.ts'
import { aLiveEndpoint } from '../../../support/live-record.ts'
import { temporaryFolder } from '../../../support/temporary-folder.ts'

const names = { hostname: 'broker', domainname: undefined }
const none: ContainerNetwork = {
  netns: '/run/netns/web',
  endpoints: [],
  dns: undefined,
  hostGateways: [],
  steps: [],
  records: [],
  sharedWith: undefined,
}

/** Returns what was written, by name. */
function written(service: Partial<Service>, network: ContainerNetwork): Readonly<Record<string, string>> {
  using folder = temporaryFolder()
  const at = (name: string) => join(folder.path, name)
  const layout = { hosts: at('hosts'), hostname: at('hostname'), resolvConf: at('resolv.conf') }
  writeEtcFiles({ entry: { spec: aContainerSpec(service) }, layout, network, names })
  return Object.fromEntries(readdirSync(folder.path).map(name => [name, readFileSync(at(name), 'utf8')]))
}

test('writeEtcFiles() copies the hosts file of the host where its network is used', () => {
  const extraHosts = [{ host: 'db', address: '10.0.0.5' }]
  const files = written({ extraHosts, networkMode: { kind: 'host' } }, { ...none, netns: undefined })
  expect(files['hosts']).toBe(`${readFileSync('/etc/hosts', 'utf8')}10.0.0.5\tdb\n`)
  expect(files['hostname']).toBe('broker\n')
})

test('writeEtcFiles() writes no line of IPv6 where the file turns it off', () => {
  const off = new Map([['net.ipv6.conf.all.disable_ipv6', '1']])
  expect(written({ sysctls: off }, none)['hosts']).toBe('127.0.0.1\tlocalhost\n')
  const other = new Map([['net.ipv6.conf.eth0.disable_ipv6', '1']])
  expect(written({ sysctls: other }, none)['hosts']).toContain('ff02::2\tip6-allrouters\n')
})

test('writeEtcFiles() leaves a container that shares a network the files of the other', () => {
  const entry = { spec: aContainerSpec() } as ContainerEntry
  const sharedWith = { project: parseProjectName('shop'), entry }
  expect(written({}, { ...none, sharedWith })).toEqual({})
})

test('writeEtcFiles() gives the files to root of a container that is another user of the host', () => {
  using folder = temporaryFolder()
  const at = (name: string) => join(folder.path, name)
  const layout = { hosts: at('hosts'), hostname: at('hostname'), resolvConf: at('resolv.conf') }
  const entry = { spec: aContainerSpec({}) }
  writeEtcFiles({ entry, layout, network: none, names, owner: { uid: 70_001, gid: 70_002 } })
  for (const name of readdirSync(folder.path)) {
    const { uid, gid, mode } = statSync(at(name))
    expect([uid, gid, mode & 0o777]).toEqual([70_001, 70_002, 0o644])
  }
})

test('changeHosts() replaces the lines of the container itself and of the host, in the same file, and no others', () => {
  using folder = temporaryFolder()
  const path = join(folder.path, 'hosts')
  const own = '127.0.0.1\tlocalhost\n10.1.0.1\thost\n10.1.0.2\tbroker\n'
  writeFileSync(path, `${own}10.9.9.9\tadded by the program\n10.1.0.2\tother\n`)
  const { ino } = statSync(path)
  const extraHosts = [{ host: 'host', address: 'host-gateway' }]
  const change = {
    entry: { spec: aContainerSpec({ extraHosts }) },
    names,
    endpoints: [
      aLiveEndpoint({ ipv4Address: '10.2.0.2', ipv6: { address: 'fd00::2', prefixLength: 64 } }),
      aLiveEndpoint({ ipv4Address: '10.1.0.2' }),
    ],
    hostGateways: ['10.2.0.1'],
  }
  changeHosts(path, change)
  const changed = readFileSync(path, 'utf8')
  expect(changed.split('\n')).toEqual([
    ...['127.0.0.1\tlocalhost', '10.1.0.2\tbroker', '10.9.9.9\tadded by the program', '10.1.0.2\tother'],
    ...['10.2.0.1\thost', '10.2.0.2\tbroker', 'fd00::2\tbroker', ''],
  ])
  expect(statSync(path).ino).toBe(ino)
  changeHosts(path, change)
  expect(readFileSync(path, 'utf8')).toBe(changed)
  changeHosts(join(folder.path, 'absent'), change)
  expect(readdirSync(folder.path)).toEqual(['hosts'])
})
