import { existsSync, openSync } from 'node:fs'
import { expect, test } from 'vitest'
import { PortRelays } from '../../../../../src/engine/local/supervisor/relay/port-relays.ts'
import type { RelayProcess } from '../../../../../src/engine/local/supervisor/relay/relay-process.ts'
import { FakeClock } from '../../../../support/fake-clock.ts'

/** Relays whose program writes down what it is told. */
function scene({ failsToStart = false }: { readonly failsToStart?: boolean } = {}) {
  const clock = new FakeClock()
  const told: string[] = []
  const lentFds: number[] = []
  let end = () => {}
  const open = () => {
    const fd = openSync('/dev/null', 'r')
    lentFds.push(fd)
    return fd
  }
  const start = async (onEnd: () => void): Promise<RelayProcess> => {
    if (failsToStart) throw new Error('no program')
    told.push('start')
    end = onEnd
    return {
      pid: 1,
      add: async (id, { port }, fd) =>
        void told.push(`add ${id} ${port} ${existsSync(`/proc/self/fd/${fd}`)}`),
      remove: async id => void told.push(`remove ${id}`),
      end: () => told.push('end'),
    }
  }
  const keeper = {
    lend: async (prefix: string) => [
      { name: `${prefix}0`, fd: open() },
      { name: prefix, fd: open() },
    ],
  }
  const onError = (error: unknown) => told.push(String(error))
  const relays = new PortRelays({ keeper, clock, start, onError })
  return { relays, clock, told, lentFds, endProgram: () => end() }
}

const relayTo = (port: number) =>
  ({ socket: `a/port/${port}`, protocol: 'tcp', address: '10.0.0.2', port }) as const

test('PortRelays has one program for all ports, and ends it with the last', async () => {
  const { relays, clock, told, lentFds } = scene()
  const one = await relays.add(relayTo(80))
  const two = await relays.add(relayTo(81))
  expect(told).toEqual(['start', 'add 1 80 true', 'add 2 81 true'])
  expect(lentFds.filter(fd => existsSync(`/proc/self/fd/${fd}`))).toEqual([])
  one[Symbol.dispose]()
  two[Symbol.dispose]()
  await clock.advance(0)
  expect(told.slice(3)).toEqual(['remove 1', 'end'])
})

test('PortRelays starts a program that has ended again, with what is relayed still', async () => {
  const { relays, clock, told, endProgram } = scene()
  const one = await relays.add(relayTo(80))
  await relays.add(relayTo(81))
  one[Symbol.dispose]()
  await clock.advance(0)
  endProgram()
  await clock.advance(1000)
  expect(told.slice(3)).toEqual(['remove 1', 'start', 'add 2 81 true'])
  endProgram()
  relays[Symbol.dispose]()
  await clock.advance(5000)
  expect(told.slice(6)).toEqual([])
})

test('PortRelays rejects for a program that cannot be started, and tries again with the next port', async () => {
  const { relays, lentFds } = scene({ failsToStart: true })
  await expect(relays.add(relayTo(80))).rejects.toThrow('no program')
  await expect(relays.add(relayTo(81))).rejects.toThrow('no program')
  expect(lentFds.filter(fd => existsSync(`/proc/self/fd/${fd}`))).toEqual([])
})

test('PortRelays rejects for a socket that is not held', async () => {
  const { clock } = scene()
  const relays = new PortRelays({
    ...{ clock, keeper: { lend: async () => [] }, onError: () => {} },
    start: async () => ({ pid: 1, add: async () => {}, remove: async () => {}, end: () => {} }),
  })
  await expect(relays.add(relayTo(80))).rejects.toThrow('the keeper holds no such socket')
})
