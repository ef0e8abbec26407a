import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { containerLayout, type Roots } from '../../../../../src/engine/local/state/layout.ts'
import {
  type AddressLease,
  lockLeases,
  writeLeases,
} from '../../../../../src/engine/local/state/network-leases.ts'
import { NameIndex } from '../../../../../src/engine/local/supervisor/dns/name-index.ts'
import { SharedNames } from '../../../../../src/engine/local/supervisor/dns/shared-names.ts'
import { parseContainerId, parseProjectName } from '../../../../../src/model/names.ts'
import { temporaryFolder } from '../../../../support/temporary-folder.ts'

const stat = readFileSync('/proc/self/stat', 'latin1')
const startTime = stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19]

test('SharedNames are those of running containers of other projects on the network', async () => {
  using folder = temporaryFolder()
  const roots = { data: `${folder.path}/data`, run: `${folder.path}/run` }
  const names = new NameIndex(new SharedNames(roots, parseProjectName('shop')))
  expect(names.addressesOf('web', ['proxy'])).toBeUndefined()

  const web = aLease('blog', 'web', '10.8.1.2')
  const own = aLease('shop', 'cart', '10.8.1.3')
  await keep(roots, [web, own, aLease('blog', 'ended', '10.8.1.4')])
  run(roots, web)
  run(roots, own)
  for (const name of ['web', 'BLOG-web-1', 'blog-web-1.proxy', 'www', web.container.slice(0, 12)])
    expect(names.addressesOf(name, ['proxy'])).toEqual(['10.8.1.2'])
  for (const name of ['cart', 'ended']) expect(names.addressesOf(name, ['proxy'])).toBeUndefined()
  expect(names.addressesOf('web', ['other'])).toBeUndefined()
  expect(names.nameOf('10.8.1.2', ['proxy'])).toBe('blog-web-1.proxy')

  const endpoints = [{ networkName: 'proxy', ipv4Address: '10.8.1.5', aliases: [] }]
  names.set({ id: 'c'.repeat(64), name: 'shop-web-1', service: 'web', endpoints })
  expect(names.addressesOf('web', ['proxy'])).toEqual(['10.8.1.5', '10.8.1.2'])

  rmSync(layoutOf(roots, web).pid)
  expect(names.addressesOf('www', ['proxy'])).toBeUndefined()
})

function aLease(project: string, service: string, ipv4Address: string): AddressLease {
  const container = Buffer.from(service.padEnd(32, '.')).toString('hex')
  return { project, service, container, ipv4Address, name: `${project}-${service}-1`, aliases: ['WWW'] }
}

async function keep(roots: Roots, leases: readonly AddressLease[]): Promise<void> {
  using _lock = await lockLeases(roots, 'proxy')
  writeLeases(roots, 'proxy', leases)
}

/** Makes this process that of the container. */
function run(roots: Roots, lease: AddressLease): void {
  const layout = layoutOf(roots, lease)
  mkdirSync(layout.runDir, { recursive: true })
  writeFileSync(layout.pid, `${process.pid} ${startTime} 1000000000\n`)
}

function layoutOf(roots: Roots, { project, container }: AddressLease) {
  return containerLayout(roots, parseProjectName(project), parseContainerId(container))
}
