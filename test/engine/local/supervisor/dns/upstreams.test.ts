import { mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { HostUpstreams, parseNameservers } from '../../../../../src/engine/local/supervisor/dns/upstreams.ts'

const files = [
  { text: '', addresses: [] },
  { text: 'nameserver 1.1.1.1\n', addresses: ['1.1.1.1'] },
  { text: '# nameserver 9.9.9.9\nsearch x\nnameserver\t::1 # local\n', addresses: ['::1'] },
  { text: 'nameserver not-an-address\nnameserver fe80::1%eth0', addresses: ['fe80::1%eth0'] },
  {
    text: [1, 2, 3, 4].map(n => `nameserver 10.0.0.${n}`).join('\n'),
    addresses: ['10.0.0.1', '10.0.0.2', '10.0.0.3'],
  },
]
for (const { text, addresses } of files) {
  test(`parseNameservers() reads ${JSON.stringify(text)}`, () =>
    expect(parseNameservers(text)).toEqual(addresses))
}

test('HostUpstreams.current() follows the file', () => {
  const folder = mkdtempSync(join(tmpdir(), 'tcompose-upstreams-'))
  const path = join(folder, 'resolv.conf')
  try {
    const upstreams = new HostUpstreams({ own: path, behind: join(folder, 'behind.conf') })
    expect(upstreams.current()).toEqual([])
    writeFileSync(path, 'nameserver 1.1.1.1\n')
    expect(upstreams.current()).toEqual([{ address: '1.1.1.1', port: 53 }])
    writeFileSync(`${path}.new`, 'nameserver 2.2.2.2\n')
    renameSync(`${path}.new`, path)
    expect(upstreams.current()).toEqual([{ address: '2.2.2.2', port: 53 }])
    rmSync(path)
    expect(upstreams.current()).toEqual([])
  } finally {
    rmSync(folder, { recursive: true })
  }
})

test('HostUpstreams.current() has the servers of systemd-resolved behind itself, and behind no other', () => {
  const folder = mkdtempSync(join(tmpdir(), 'tcompose-upstreams-'))
  const files = { own: join(folder, 'resolv.conf'), behind: join(folder, 'behind.conf') }
  const addresses = () => upstreams.current().map(({ address }) => address)
  const upstreams = new HostUpstreams(files)
  try {
    writeFileSync(files.own, 'nameserver 127.0.0.53\noptions edns0 trust-ad\n')
    expect(addresses()).toEqual(['127.0.0.53'])
    writeFileSync(files.behind, 'nameserver 10.0.0.1\nnameserver 10.0.0.2\nnameserver 10.0.0.3\n')
    expect(addresses()).toEqual(['127.0.0.53', '10.0.0.1', '10.0.0.2'])
    expect(upstreams.paths).toEqual([files.own, files.behind])
    writeFileSync(files.own, 'nameserver 127.0.0.1\n')
    expect(addresses()).toEqual(['127.0.0.1'])
    expect(upstreams.paths).toEqual([files.own])
  } finally {
    rmSync(folder, { recursive: true })
  }
})
