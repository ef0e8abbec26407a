import { expect, test } from 'vitest'
import type { LiveRelay } from '../../../../../src/engine/local/state/live-record.ts'
import { RelayedPorts } from '../../../../../src/engine/local/supervisor/relay/relayed-ports.ts'

const relay = (socket: string, address: string): LiveRelay => ({ socket, protocol: 'tcp', address, port: 80 })

test('RelayedPorts begins and ends what differs, and leaves alone what stays', async () => {
  const done: string[] = []
  const add = async ({ socket, address }: LiveRelay): Promise<Disposable> => {
    done.push(`begin ${socket} ${address}`)
    return { [Symbol.dispose]: () => void done.push(`end ${socket} ${address}`) }
  }
  const settled = () => new Promise(resolve => setImmediate(resolve))
  const ports = new RelayedPorts({ add }, () => {})
  ports.set([relay('a', '10.0.0.2'), relay('b', '10.0.0.2')])
  ports.set([relay('a', '10.0.0.2'), relay('b', '10.0.0.3')])
  await settled()
  expect(done).toEqual(['begin a 10.0.0.2', 'begin b 10.0.0.2', 'begin b 10.0.0.3', 'end b 10.0.0.2'])
  ports[Symbol.dispose]()
  await settled()
  expect(done.slice(4).sort()).toEqual(['end a 10.0.0.2', 'end b 10.0.0.3'])
})

test('RelayedPorts reports what cannot begin', async () => {
  const errors: unknown[] = []
  const failure = new Error('no relay')
  const ports = new RelayedPorts({ add: () => Promise.reject(failure) }, error => errors.push(error))
  ports.set([relay('a', '10.0.0.2')])
  await new Promise(resolve => setImmediate(resolve))
  ports[Symbol.dispose]()
  expect(errors).toEqual([failure])
})
