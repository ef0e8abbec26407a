import { expect, test } from 'vitest'
import type { ObservedContainer, PublishedPort } from '../../../src/app/index.ts'
import { commandText, portsText, stateName, statusText } from '../../../src/cli/views/container-words.ts'
import { anObservedContainer } from '../../support/observed-container.ts'

const NOW = Date.parse('2026-11-23T12:00:00Z')

type Seen = Pick<ObservedContainer, 'state' | 'health'>

const states: ReadonlyArray<{ readonly seen: Seen; readonly name: string; readonly status: string }> = [
  {
    seen: { state: { kind: 'incomplete' }, health: undefined },
    name: 'created',
    status: 'Created (incomplete)',
  },
  { seen: { state: { kind: 'created' }, health: undefined }, name: 'created', status: 'Created' },
  {
    seen: { state: { kind: 'running', pid: 7, startedAt: NOW - 180_000 }, health: undefined },
    name: 'running',
    status: 'Up 3 minutes',
  },
  {
    seen: { state: { kind: 'running', pid: 7, startedAt: NOW - 1000 }, health: 'starting' },
    name: 'running',
    status: 'Up 1 second (health: starting)',
  },
  {
    seen: { state: { kind: 'running', pid: 7, startedAt: NOW - 2000 }, health: 'unhealthy' },
    name: 'running',
    status: 'Up 2 seconds (unhealthy)',
  },
  {
    seen: { state: { kind: 'orphaned', pid: 7, startedAt: NOW - 2000 }, health: undefined },
    name: 'dead',
    status: 'Dead (keeper ended; process 7 still runs)',
  },
  {
    seen: { state: { kind: 'restarting', exitCode: 3, finishedAt: NOW - 5000 }, health: undefined },
    name: 'restarting',
    status: 'Restarting (3) 5 seconds ago',
  },
  {
    seen: {
      state: { kind: 'exited', exitCode: 0, finishedAt: NOW - 7_200_000, outOfMemory: false },
      health: undefined,
    },
    name: 'exited',
    status: 'Exited (0) 2 hours ago',
  },
  {
    seen: {
      state: { kind: 'exited', exitCode: 137, finishedAt: NOW - 5000, outOfMemory: true },
      health: undefined,
    },
    name: 'exited',
    status: 'Exited (137) 5 seconds ago (out of memory)',
  },
  {
    seen: {
      state: { kind: 'exited', exitCode: undefined, finishedAt: undefined, outOfMemory: false },
      health: undefined,
    },
    name: 'exited',
    status: 'Exited (255)',
  },
]
for (const { seen, name, status } of states) {
  test(`statusText() says "${status}", stateName() "${name}"`, () => {
    const container = anObservedContainer('web', seen)
    expect([statusText(container, NOW), stateName(container)]).toEqual([status, name])
  })
}

/** Returns the port that `text` says, as `0.0.0.0:8080->80/udp` does. */
function portOf(text: string): PublishedPort {
  const [, hostIp = '', hostPort, target, protocol] = /^(.*):(\d+)->(\d+)\/(tcp|udp)$/.exec(text) ?? []
  return {
    hostIp,
    hostPort: Number(hostPort),
    target: Number(target),
    protocol: protocol === 'udp' ? 'udp' : 'tcp',
  }
}

test('portsText() sorts by container port, address and host port, and puts IPv6 into brackets', () => {
  const ports = ['0.0.0.0:80->90/tcp', '0.0.0.0:8081->80/tcp', ':::8080->80/tcp', '0.0.0.0:8080->80/tcp']
  expect(portsText({ ports: ports.map(portOf) })).toBe(
    '0.0.0.0:8080->80/tcp, 0.0.0.0:8081->80/tcp, [::]:8080->80/tcp, 0.0.0.0:80->90/tcp',
  )
})

test('portsText() writes runs of ports as docker ps does', () => {
  const everywhere = [88, 9000, 9001, 9002, 9004].flatMap(number =>
    ['0.0.0.0', '::'].map(address => `${address}:${number}->${number}/tcp`),
  )
  const others = ['127.0.0.1:9003->9003/tcp', '0.0.0.0:8010->89/tcp']
  const datagrams = ['127.0.0.1:9005->9005/udp', '127.0.0.1:9006->9006/udp']
  const ports = [...everywhere, ...others, ...datagrams].map(portOf)
  expect(portsText({ ports, exposedPorts: ['5000/tcp', '9001/tcp'] })).toBe(
    [
      ...['0.0.0.0:88->88/tcp', '[::]:88->88/tcp'],
      ...['0.0.0.0:9000-9002->9000-9002/tcp', '[::]:9000-9002->9000-9002/tcp'],
      ...['0.0.0.0:9004->9004/tcp', '[::]:9004->9004/tcp', '5000/tcp', '127.0.0.1:9003->9003/tcp'],
      ...['127.0.0.1:9005-9006->9005-9006/udp', '0.0.0.0:8010->89/tcp'],
    ].join(', '),
  )
})

const commands = [
  { command: ['sleep', '12345678901234'], whole: false, text: '"sleep 12345678901234"' },
  { command: ['sleep', '123456789012345'], whole: false, text: '"sleep 1234567890123…"' },
  { command: ['sleep', '123456789012345'], whole: true, text: '"sleep 123456789012345"' },
]
for (const { command, whole, text } of commands) {
  test(`commandText() writes ${text}`, () => expect(commandText(command, whole)).toBe(text))
}
