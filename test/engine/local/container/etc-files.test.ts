import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { projectRoot } from '../../../../scripts/project-root.ts'
import {
  embeddedResolvConf,
  hostHostsFileText,
  hostResolvConf,
  hostsFileText,
} from '../../../../src/engine/local/container/etc-files.ts'
import { HOST_RESOLVERS } from '../../../support/docker-names/files-scene.ts'

test('hostsFileText() names the container at each of its addresses after localhost', () => {
  const text = hostsFileText({
    names: { hostname: 'web', domainname: 'example.test' },
    addresses: ['172.18.0.2'],
    extraHosts: [{ host: 'db', address: '10.0.0.5' }],
    hostGateways: [],
    ipv6: true,
  })
  expect(text.split('\n')).toEqual([
    '127.0.0.1\tlocalhost',
    '::1\tlocalhost ip6-localhost ip6-loopback',
    'fe00::0\tip6-localnet',
    'ff00::0\tip6-mcastprefix',
    'ff02::1\tip6-allnodes',
    'ff02::2\tip6-allrouters',
    '10.0.0.5\tdb',
    '172.18.0.2\tweb.example.test web',
    '',
  ])
})

test('hostsFileText() names no address of IPv6 where there is none', () => {
  const names = { hostname: 'web', domainname: undefined }
  const file = { names, addresses: ['172.18.0.2'], extraHosts: [], hostGateways: [] }
  expect(hostsFileText({ ...file, ipv6: false })).toBe('127.0.0.1\tlocalhost\n172.18.0.2\tweb\n')
})

test('hostHostsFileText() keeps the file of the host as it is and appends the extra hosts', () => {
  const extraHosts = [
    { host: 'db', address: '10.0.0.5' },
    { host: 'host.docker.internal', address: 'host-gateway' },
  ]
  const extra = '10.0.0.5\tdb\n127.0.0.1\thost.docker.internal\n'
  expect(hostHostsFileText('# mine\n127.0.1.1  laptop\n', extraHosts)).toBe(
    `# mine\n127.0.1.1  laptop\n${extra}`,
  )
  expect(hostHostsFileText('127.0.1.1 laptop', extraHosts)).toBe(`127.0.1.1 laptop\n${extra}`)
  expect(hostHostsFileText('', [])).toBe('')
})

test('hostsFileText() puts the gateway in for host-gateway', () => {
  const extraHosts = [{ host: 'host.docker.internal', address: 'host-gateway' }]
  const names = { hostname: 'web', domainname: undefined }
  const file = { names, addresses: [], extraHosts, ipv6: true }
  expect(hostsFileText({ ...file, hostGateways: ['172.18.0.1', 'fd00::1'] })).toContain(
    '172.18.0.1\thost.docker.internal\nfd00::1\thost.docker.internal\n',
  )
  expect(hostsFileText({ ...file, hostGateways: [] })).not.toContain('host.docker.internal')
})

const NONE = { servers: [], search: [], options: [] }

test('hostResolvConf() is the file of the host as it is where the service sets nothing', () => {
  const host = '# made by hand\ndomain corp.test\nnameserver 10.0.0.1\n'
  expect(hostResolvConf(host, NONE)).toBe(host)
  expect(hostResolvConf(host, { ...NONE, servers: ['9.9.9.9'], options: ['ndots:2'] })).toBe(
    'nameserver 9.9.9.9\nsearch corp.test\noptions ndots:2\n',
  )
})

/** What containers of Docker had with each resolver file of the host. */
const { answers }: { readonly answers: Readonly<Record<string, Readonly<Record<string, string>>>> } =
  JSON.parse(readFileSync(join(projectRoot, 'test/fixtures/docker-names/resolvers.json'), 'utf8'))
const SETTINGS = {
  plain: NONE,
  internal: NONE,
  resolver: { ...NONE, servers: ['192.0.2.53'] },
  search: { ...NONE, search: ['one.test'] },
  'search-none': { ...NONE, search: ['.'] },
  options: { ...NONE, options: ['use-vc'] },
}
for (const [name, text] of Object.entries(HOST_RESOLVERS)) {
  for (const [service, settings] of Object.entries(SETTINGS)) {
    test(`embeddedResolvConf() is that of Docker for ${service} on a host whose file is "${name}"`, () => {
      const docker = answers[name]?.[`resolving-${service}-1`]
      expect(`== resolv.conf\n${embeddedResolvConf(text, settings)}`).toBe(docker)
    })
  }
}
