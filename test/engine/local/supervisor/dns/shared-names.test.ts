import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { containerLayout, type Roots } from '../../../../../src/engine/local/state/layout.ts'
import {
  type AddressLease,
  lockLeases,
  writeLeases,
} from '../../../../../src/engine/local/state/network-leases.ts'
import { SharedNames } from '../../../../../src/engine/local/supervisor/dns/shared-names.ts'
import { parseContainerId, parseProjectName } from '../../../../../src/model/names.ts'
import { temporaryFolder } from '../../../../support/temporary-folder.ts'

const stat = readFileSync('/proc/self/stat', 'latin1')
const startTime = stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19]

test('SharedNames are those of containers of other projects on the network', async () => {
  using folder = temporaryFolder()
  const roots = { data: `${folder.path}/data`, run: `${folder.path}/run` }
  let now = 0
  const names = new SharedNames(roots, parseProjectName('shop'), () => (now += 1000))
  expect(names.on('proxy')).toEqual([])

  const web = aLease('blog', 'web', '10.8.1.2')
  const own = aLease('shop', 'cart', '10.8.1.3')
  await keep(roots, [web, own, aLease('blog', 'ended', '10.8.1.4')])
  run(roots, web)
  run(roots, own)
  expect(names.on('proxy')).toEqual([
    {
      ...{ id: web.container, name: 'blog-web-1', service: 'web', isUnaliased: false, isRunning: true },
      endpoint: { networkName: 'proxy', ipv4Address: '10.8.1.2', aliases: ['WWW'] },
    },
    expect.objectContaining({ service: 'ended', isRunning: false }),
  ])
  expect(names.on('proxy')).toBe(names.on('proxy'))
  expect(names.on('other')).toEqual([])

  rmSync(layoutOf(roots, web).pid)
  expect(names.on('proxy').map(({ isRunning }) => isRunning)).toEqual([false, false])
})

test('SharedNames are read again after a moment, and not before', async () => {
  using folder = temporaryFolder()
  const roots = { data: `${folder.path}/data`, run: `${folder.path}/run` }
  let now = 0
  const names = new SharedNames(roots, parseProjectName('shop'), () => now)
  expect(names.on('proxy')).toEqual([])
  await keep(roots, [aLease('blog', 'web', '10.8.1.2')])
  now += 10
  expect(names.on('proxy')).toEqual([])
  now += 40
  expect(names.on('proxy')).toHaveLength(1)
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
