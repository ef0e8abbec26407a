import { expect, test } from 'vitest'
import { buildHostsText, buildResolvConf } from '../../../../../src/engine/local/build/run/run-etc-files.ts'

test('buildHostsText() resolves host-gateway, and leaves it out where there is no gateway', () => {
  const extra = [
    { host: 'gate', address: 'host-gateway' },
    { host: 'six', address: '::2' },
  ]
  const own = '127.0.0.1\tlocalhost buildkitsandbox\n::1\tlocalhost ip6-localhost ip6-loopback\n'
  expect(buildHostsText(extra, '172.16.0.1')).toBe(`${own}172.16.0.1\tgate\n::2\tsix\n`)
  expect(buildHostsText(extra, undefined)).toBe(`${own}::2\tsix\n`)
})

const cases: ReadonlyArray<{ name: string; host: string; upstream?: string; text: string }> = [
  {
    name: 'keeps servers that are reached, and all other lines',
    host: '# note\nsearch a.example\nnameserver 127.0.0.53\nnameserver 192.0.2.1\noptions ndots:2',
    text: '# note\nsearch a.example\nnameserver 192.0.2.1\noptions ndots:2\n',
  },
  {
    name: 'takes the servers behind systemd-resolved',
    host: 'nameserver 127.0.0.53\noptions edns0\n',
    upstream: 'nameserver 192.0.2.2\nsearch b.example\n',
    text: 'nameserver 192.0.2.2\nsearch b.example\n',
  },
  {
    name: 'takes public servers where all others are on loopback',
    host: 'nameserver 127.0.0.1\nnameserver ::1\nsearch c.example\n',
    text: 'nameserver 8.8.8.8\nnameserver 8.8.4.4\nsearch c.example\n',
  },
  {
    name: 'takes public servers where there is no file',
    host: '',
    text: 'nameserver 8.8.8.8\nnameserver 8.8.4.4\n',
  },
]

for (const { name, host, upstream, text } of cases) {
  test(`buildResolvConf() ${name}`, () => {
    expect(buildResolvConf({ resolvConf: host, upstream })).toBe(text)
  })
}
