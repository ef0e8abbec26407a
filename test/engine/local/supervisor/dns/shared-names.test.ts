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
import { eventually } from '../../../../support/eventually.ts'
import { temporaryFolder } from '../../../../support/temporary-folder.ts'

const stat = readFileSync('/proc/self/stat', 'latin1')
const startTime = stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19]

test('SharedNames are those of containers of other projects on the network', async () => {
  using folder = temporaryFolder()
  const roots = { data: `${folder.path}/data`, run: `${folder.path}/run` }
  using names = new SharedNames(roots, parseProjectName('shop'))
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
  expect([names.isShared('proxy'), names.isShared('other')]).toEqual([true, false])
  rmSync(layoutOf(roots, web).runDir, { recursive: true })
  expect(names.isShared('proxy')).toBe(false)
})

test('SharedNames tell of starts, ends and leases of other projects, also of those that come later', async () => {
  using folder = temporaryFolder()
  const roots = { data: `${folder.path}/data`, run: `${folder.path}/run` }
  mkdirSync(`${roots.run}/networks`, { recursive: true })
  mkdirSync(`${roots.run}/projects`)
  using names = new SharedNames(roots, parseProjectName('shop'))
  let seen = ''
  const look = () => {
    seen = names
      .on('proxy')
      .map(({ service, isRunning }) => `${service} ${isRunning}`)
      .join()
  }
  look()
  void names.watch(look)
  const shows = (wanted: string) => eventually(async () => expect(seen).toBe(wanted))
  const web = aLease('blog', 'web', '10.8.1.2')
  await keep(roots, [web])
  await shows('web false')
  run(roots, web)
  await shows('web true')
  rmSync(layoutOf(roots, web).pid)
  await shows('web false')
  run(roots, web)
  await shows('web true')
  await keep(roots, [])
  await shows('')
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
