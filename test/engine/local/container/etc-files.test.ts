import { expect, test } from 'vitest'
import {
  embeddedResolvConf,
  hostHostsFileText,
  hostResolvConf,
  hostsFileText,
} from '../../../../src/engine/local/container/etc-files.ts'

test('hostsFileText() names the container at each of its addresses after localhost', () => {
  const text = hostsFileText({
    names: { hostname: 'web', domainname: 'example.test' },
    addresses: ['172.18.0.2'],
    extraHosts: [{ host: 'db', address: '10.0.0.5' }],
    hostGateway: undefined,
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
  const file = { names, addresses: ['172.18.0.2'], extraHosts: [], hostGateway: undefined }
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
  expect(hostsFileText({ ...file, hostGateway: '172.18.0.1' })).toContain(
    '172.18.0.1\thost.docker.internal\n',
  )
  expect(hostsFileText({ ...file, hostGateway: undefined })).not.toContain('host.docker.internal')
})

test('embeddedResolvConf() points at the embedded server with ndots:0 unless options are given', () => {
  expect(embeddedResolvConf({ servers: [], search: [], options: [] })).toBe(
    'nameserver 127.0.0.11\noptions ndots:0\n',
  )
  expect(
    embeddedResolvConf({ servers: ['1.1.1.1'], search: ['a.test', 'b.test'], options: ['timeout:1'] }),
  ).toBe('nameserver 127.0.0.11\nsearch a.test b.test\noptions timeout:1\n')
})

test('hostResolvConf() keeps the settings of the host that the service does not replace', () => {
  const host = '# made by hand\nnameserver 10.0.0.1\nsearch corp.test\n'
  expect(hostResolvConf(host, { servers: [], search: [], options: [] })).toBe(
    'nameserver 10.0.0.1\nsearch corp.test\n',
  )
  expect(hostResolvConf(host, { servers: ['9.9.9.9'], search: [], options: ['ndots:2'] })).toBe(
    'nameserver 9.9.9.9\noptions ndots:2\nsearch corp.test\n',
  )
})
