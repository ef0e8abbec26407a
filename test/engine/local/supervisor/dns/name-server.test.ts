import { closeSync, openSync, readdirSync, readlinkSync } from 'node:fs'
import { expect, test } from 'vitest'
import type { LiveRecord } from '../../../../../src/engine/local/state/live-record.ts'
import { NameIndex, type Neighbour } from '../../../../../src/engine/local/supervisor/dns/name-index.ts'
import { NameServer } from '../../../../../src/engine/local/supervisor/dns/name-server.ts'
import type { Order } from '../../../../../src/engine/local/supervisor/dns/orders.ts'
import type {
  EntrustedServer,
  ServerHooks,
} from '../../../../../src/engine/local/supervisor/dns/server-process.ts'
import { FakeClock } from '../../../../support/fake-clock.ts'

const endpoint = (networkName: string, ipv4Address: string) => ({ networkName, ipv4Address, aliases: [] })
const live = (service: string, ipv4Address: string, dns: object = {}) =>
  ({
    id: service.repeat(64).slice(0, 64),
    name: `shop-${service}-1`,
    service,
    netns: '/proc/self/ns/net',
    endpoints: [endpoint('shop_default', ipv4Address)],
    dns: { udpSocket: `${service}/dns/udp`, tcpSocket: `${service}/dns/tcp`, upstreams: [], ...dns },
  }) as unknown as LiveRecord
const [web, db] = [live('a', '10.0.0.1'), live('b', '10.0.0.2')]

/** A name server whose program writes down what it is told. */
function scene() {
  const clock = new FakeClock()
  const names = new NameIndex()
  const told: string[] = []
  const errors: string[] = []
  const seen = {
    upstreams: [{ address: '1.1.1.1', port: 53 }],
    neighbours: [] as readonly Neighbour[],
    failing: false,
    isSettled: true,
    isShared: false,
    changes: true,
    taken: [] as (EntrustedServer | undefined)[],
  }
  let hooks: ServerHooks | undefined
  let refresh = () => {}
  const open = (name: string) => ({ name, fd: openSync(import.meta.filename, 'r') })
  const server = new NameServer({
    keeper: {
      lend: async prefix => {
        const kinds = prefix.startsWith('x') ? ['udp'] : ['udp', 'tcp', 'other']
        return kinds.map(kind => open(`${prefix}${kind}`))
      },
    },
    ...{ clock, names },
    hostUpstreams: () => seen.upstreams,
    neighboursOn: () => seen.neighbours,
    isShared: () => seen.isShared,
    refresh: () => refresh(),
    openChanges: networks => {
      told.push(`watch ${networks}`)
      return seen.changes ? openSync(import.meta.filename, 'r') : undefined
    },
    start: async (given, taken) => {
      seen.taken.push(taken)
      if (seen.failing) throw new Error('no program')
      told.push('start')
      hooks = given
      return {
        ...{ id: 'names/1', fd: -1 },
        get isSettled() {
          return seen.isSettled
        },
        send: (orders, fds = []) => {
          told.push(...orders.map(summary), ...fds.map(() => 'fd'))
          for (const fd of fds) closeSync(fd)
        },
        end: () => void told.push('end'),
      }
    },
    onError: error => errors.push(String(error)),
  })
  const take = () => told.splice(0)
  return {
    ...{ server, clock, names, seen, errors, take },
    report: (...report: Parameters<ServerHooks['onReport']>) => hooks?.onReport(...report),
    end: () => hooks?.onEnd(),
    onRefresh: (callback: () => void) => {
      refresh = callback
    },
  }
}

function summary(order: Order): string {
  switch (order.kind) {
    case 'name':
      return `${order.name.slice(1)}=${order.ipv4.map(bytes => bytes.join('.')).join()}`
    case 'client':
    case 'view':
      return `${order.kind} ${order.client} of ${order.networks.join()}${order.forwards ? '' : ' shut'}${order.upstreams === undefined ? '' : ' own'}`
    case 'upstreams':
      return `upstreams ${order.upstreams.map(({ address }) => address).join()}`
    case 'synced':
      return `synced ${order.serial}`
    default:
      return order.kind
  }
}

const onlyNames = (lines: readonly string[]) =>
  lines.filter(line => /^(shop-|upst|cli|view|ser|syn|fd|st|end|net|sock|forget|watch|rest|wake)/.test(line))

test('NameServer tells a program that has started everything, and then to serve', async () => {
  const { server, names, take } = scene()
  names.set(web, true)
  names.set(db, false)
  await server.serve(web).begun
  expect(onlyNames(take())).toEqual([
    ...['start', 'network', 'shop-a-1=10.0.0.1', 'shop-b-1=', 'upstreams 1.1.1.1'],
    ...['client 1 of 1', 'fd', 'fd', 'serve'],
  ])
  names.set(db, true)
  await server.serve(live('b', '10.0.0.2', { forward: false, upstreams: ['9.9.9.9'] })).begun
  expect(onlyNames(take())).toEqual(['shop-b-1=10.0.0.2', 'client 2 of 1 shut own', 'fd', 'fd'])
})

test('NameServer has one program for all containers, and forgets one that is no more', async () => {
  const { server, take } = scene()
  const first = server.serve(web)
  await Promise.all([first.begun, server.serve(db).begun])
  expect(onlyNames(take()).filter(line => /start|client|serve/.test(line))).toEqual([
    ...['start', 'client 1 of 1', 'client 2 of 1', 'serve'],
  ])
  first[Symbol.dispose]()
  first[Symbol.dispose]()
  expect(take()).toEqual(['forget-client'])
  server[Symbol.dispose]()
  expect(take()).toEqual(['end'])
})

test('NameServer tells what a container sees when that has changed, with what is there', async () => {
  const { server, names, take } = scene()
  const served = server.serve(web)
  served.see({ ...web, endpoints: [] })
  await served.begun
  expect(onlyNames(take())).toContain('client 1 of ')
  names.set({ ...db, endpoints: [endpoint('shop_back', '10.0.1.2')] }, true)
  served.see({
    ...web,
    endpoints: [endpoint('shop_back', '10.0.1.1'), endpoint('shop_default', '10.0.0.1')] as never,
  })
  expect(onlyNames(take())).toEqual(['network', 'shop-b-1=10.0.1.2', 'network', 'view 1 of 1,2'])
  served[Symbol.dispose]()
  served.see(web)
  expect(take()).toEqual(['forget-client'])
})

test('NameServer tells changes of one turn at once', async () => {
  const { server, names, clock, take } = scene()
  await server.serve(web).begun
  take()
  names.set(web, true)
  names.delete(web.id)
  await clock.advance(0)
  expect(onlyNames(take())).toEqual(expect.arrayContaining(['forget-name']))
  await clock.advance(0)
  expect(take()).toEqual([])
})

test('NameServer looks for what is new when it is asked, and tells that before it says so', async () => {
  const { server, names, seen, onRefresh, report, take, errors } = scene()
  await server.serve(web).begun
  take()
  onRefresh(() => names.set(db, true))
  seen.upstreams = [{ address: '2.2.2.2', port: 53 }]
  seen.neighbours = [
    {
      ...{ id: 'c'.repeat(64), name: 'shop-c-1', service: 'c', isRunning: true },
      endpoint: endpoint('shop_default', '10.0.0.3'),
    },
  ]
  report({ kind: 'sync', serial: 7 })
  expect(onlyNames(take())).toEqual([
    'upstreams 2.2.2.2',
    'shop-b-1=10.0.0.2',
    'shop-c-1=10.0.0.3',
    'synced 7',
  ])
  onRefresh(() => {
    throw new Error('unreadable')
  })
  report({ kind: 'sync', serial: 8 })
  expect(take()).toEqual(['synced 8'])
  expect(errors).toEqual(['Error: unreadable'])
})

test('NameServer gives sockets of the namespace of a container that is there', async () => {
  const { server, report, take } = scene()
  await server.serve(web).begun
  take()
  report({ kind: 'sockets', client: 1, family: 'ipv4', type: 'datagram' })
  expect(take()).toEqual(['sockets', ...Array(16).fill('fd')])
  report({ kind: 'sockets', client: 5, family: 'ipv6', type: 'stream' })
  expect(take()).toEqual(['sockets'])
})

test('NameServer starts a program that has ended again, at once unless it has just been started, and tells it everything', async () => {
  const { server, clock, names, end, errors, take } = scene()
  names.set(web, true)
  await server.serve(web).begun
  await clock.advance(5000)
  take()
  end()
  await clock.advance(0)
  const everything = [
    'start',
    'network',
    'shop-a-1=10.0.0.1',
    'upstreams 1.1.1.1',
    'client 1 of 1',
    'fd',
    'fd',
    'serve',
  ]
  expect(onlyNames(take())).toEqual(everything)
  end()
  await clock.advance(900)
  expect(take()).toEqual([])
  await clock.advance(200)
  expect(onlyNames(take())).toEqual(everything)
  expect(errors).toEqual(Array(2).fill('Error: The name server has ended by itself, and is started again'))
  server[Symbol.dispose]()
  end()
  await clock.advance(5000)
  expect(take()).toEqual(['end'])
})

test('NameServer tries again to start a program that cannot be started, and serves others where a socket is missing', async () => {
  const { server, clock, seen, errors, take } = scene()
  seen.failing = true
  await expect(server.serve(web).begun).rejects.toThrow('no program')
  seen.failing = false
  await clock.advance(1000)
  expect(onlyNames(take())).toContain('client 1 of 1')
  await expect(server.serve(live('x', '10.0.0.9')).begun).rejects.toThrow('the keeper holds no such socket')
  expect(errors).toEqual([])
  expect(openFiles().filter(path => path === import.meta.filename)).toEqual([])
})

test('NameServer goes on with a program that another supervisor has started, and at once with the next where that has ended', async () => {
  const { server, seen, clock, end, take } = scene()
  const taken = { id: 'names/9', fd: openSync(import.meta.filename, 'r') }
  server.resume(taken)
  await server.serve(web).begun
  expect(onlyNames(take())).toContain('client 1 of 1')
  end()
  await clock.advance(0)
  expect(onlyNames(take())).toContain('client 1 of 1')
  expect(seen.taken).toEqual([taken, undefined])
  closeSync(taken.fd)
})

test('NameServer closes the line of a program that nobody needs any more', async () => {
  const { server } = scene()
  server.resume({ id: 'names/9', fd: openSync(import.meta.filename, 'r') })
  server[Symbol.dispose]()
  expect(openFiles().filter(path => path === import.meta.filename)).toEqual([])
})

test('NameServer hands a program over with what tells of changes, told of all that there is then', async () => {
  const { server, names, onRefresh, take } = scene()
  const entrusted: string[] = []
  const handOver = () => server.handOver(async name => entrusted.push(name))
  expect(await handOver()).toBe(true)
  expect(entrusted).toEqual([])
  await server.serve(web).begun
  take()
  onRefresh(() => names.set(db, true))
  expect(await handOver()).toBe(true)
  expect(onlyNames(take())).toEqual(['watch shop_default', 'shop-b-1=10.0.0.2', 'rest'])
  expect(entrusted).toEqual(['changes', 'names/1'])
  server.takeBack()
  expect(take()).toEqual(['wake'])
  expect(openFiles().filter(path => path === import.meta.filename)).toEqual([])
})

test('NameServer does not hand over what is not told yet, and nothing where changes cannot be watched', async () => {
  const { server, seen, take } = scene()
  const entrusted: string[] = []
  const handOver = () => server.handOver(async name => entrusted.push(name))
  const served = server.serve(web)
  expect([server.isSettled, await handOver()]).toEqual([false, false])
  await served.begun
  seen.isSettled = false
  expect([server.isSettled, await handOver()]).toEqual([false, false])
  seen.isSettled = true
  seen.changes = false
  expect([server.isSettled, await handOver()]).toEqual([true, false])
  expect(entrusted).toEqual([])
  expect(take()).not.toContain('rest')
})

test('NameServer is needed by a container with upstreams of its own, and beside containers of others', async () => {
  const { server, seen } = scene()
  await server.serve(web).begun
  expect(server.isNeeded).toBe(false)
  seen.isShared = true
  expect(server.isNeeded).toBe(true)
  seen.isShared = false
  const other = server.serve(live('b', '10.0.0.2', { upstreams: ['9.9.9.9'] }))
  await other.begun
  expect(server.isNeeded).toBe(true)
  other[Symbol.dispose]()
  expect(server.isNeeded).toBe(false)
})

function openFiles(): readonly string[] {
  return readdirSync('/proc/self/fd').flatMap(fd => {
    try {
      return [readlinkSync(`/proc/self/fd/${fd}`)]
    } catch {
      // That of readdir(3) itself.
      return []
    }
  })
}
