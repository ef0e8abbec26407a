import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { appendFileSync, existsSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { type AddressInfo, createServer } from 'node:net'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import {
  type ForwardOptions,
  forwardLog,
} from '../../../../../src/engine/local/supervisor/forward/forward-log.ts'
import type { SyslogAddress } from '../../../../../src/model/log-target.ts'
import { DatagramReceiver } from '../../../../support/datagram-receiver.ts'
import { eventually } from '../../../../support/eventually.ts'
import { type TemporaryFolder, temporaryFolder } from '../../../../support/temporary-folder.ts'

function optionsIn(folder: TemporaryFolder, address: SyslogAddress): ForwardOptions & { errors: unknown[] } {
  const errors: unknown[] = []
  return {
    target: { kind: 'syslog', tag: 'unused', address, facility: 3, format: 'rfc5424' },
    origin: { id: 'a'.repeat(64), name: 'shop-web-1', image: 'web', pid: 7, tag: 'web', fields: new Map() },
    logPath: join(folder.path, 'log'),
    markPath: join(folder.path, 'forwarded.json'),
    first: { number: 1, position: 0 },
    onError: error => errors.push(error),
    errors,
  }
}

function textsOf(messages: readonly Buffer[]): readonly string[] {
  return messages.map(message => message.toString().replace(/^.* web 7 web - /, ''))
}

const record = (text: string, stream = 'stdout') => `2026-11-23T12:00:00.123456789Z ${stream} F ${text}\n`

test('forwardLog() passes on what is written, each line once over its lives and over files', async () => {
  using folder = temporaryFolder()
  const path = join(folder.path, 'socket')
  using receiver = new DatagramReceiver(path)
  const options = optionsIn(folder, { kind: 'unix', path })
  const { logPath } = options
  const found: string[] = []
  const received = (texts: readonly string[]) =>
    eventually(async () => {
      found.push(...textsOf(receiver.take()))
      expect(found).toEqual(texts)
    })
  writeFileSync(logPath, record('one'))
  const first = forwardLog(options)
  await received(['one'])
  appendFileSync(logPath, record('two', 'stderr'))
  renameSync(logPath, `${logPath}.1`)
  writeFileSync(logPath, record('three'))
  await received(['one', 'two', 'three'])
  appendFileSync(logPath, record('last'))
  first[Symbol.dispose]()
  await received(['one', 'two', 'three', 'last'])
  appendFileSync(logPath, record('later'))
  using _second = forwardLog(options)
  await received(['one', 'two', 'three', 'last', 'later'])
  expect(options.errors).toEqual([])
})

test('forwardLog() keeps lines that nobody takes, and sends them when somebody does', async () => {
  using folder = temporaryFolder()
  const path = join(folder.path, 'socket')
  const options = optionsIn(folder, { kind: 'unix', path })
  writeFileSync(options.logPath, record('one') + record('two'))
  using _forwarding = forwardLog(options)
  await eventually(async () => expect(options.errors).not.toEqual([]))
  expect(existsSync(options.markPath)).toBe(false)
  using receiver = new DatagramReceiver(path)
  const found: string[] = []
  await eventually(async () => {
    found.push(...textsOf(receiver.take()))
    expect(found).toEqual(['one', 'two'])
  })
  rmSync(path)
})

test('forwardLog() sends no more at once than its reader has room for', async () => {
  using folder = temporaryFolder()
  const path = join(folder.path, 'socket')
  using receiver = new DatagramReceiver(path)
  const options = optionsIn(folder, { kind: 'unix', path })
  const texts = Array.from({ length: 1000 }, (_, index) => `line ${index}`)
  writeFileSync(options.logPath, texts.map(text => record(text)).join(''))
  using _forwarding = forwardLog(options)
  const found: string[] = []
  await eventually(async () => {
    found.push(...textsOf(receiver.take()))
    expect(found).toEqual(texts)
  })
})

test('forwardLog() cuts what is too long for a datagram', async () => {
  using folder = temporaryFolder()
  const path = join(folder.path, 'socket')
  using receiver = new DatagramReceiver(path)
  const options = optionsIn(folder, { kind: 'unix', path })
  writeFileSync(options.logPath, record('x'.repeat(40_000)) + record('end'))
  using _forwarding = forwardLog(options)
  const found: string[] = []
  await eventually(async () => {
    found.push(...textsOf(receiver.take()))
    expect(found.map(text => text.length)).toEqual([16_384, 16_384, 7232, 3])
  })
})

test('forwardLog() sends over UDP and TCP', async () => {
  using folder = temporaryFolder()
  const udp = createSocket('udp4').bind(0, '127.0.0.1')
  await once(udp, 'listening')
  const tcp = createServer().listen(0, '127.0.0.1')
  await once(tcp, 'listening')
  const found = { udp: '', tcp: '' }
  udp.on('message', message => {
    found.udp += message.toString()
  })
  tcp.on('connection', socket => {
    socket.on('data', data => {
      found.tcp += data.toString()
    })
  })
  const at = { host: '127.0.0.1' }
  const overUdp = optionsIn(folder, { kind: 'udp', ...at, port: udp.address().port })
  const overTcp = optionsIn(folder, { kind: 'tcp', ...at, port: (tcp.address() as AddressInfo).port })
  writeFileSync(overUdp.logPath, record('one'))
  {
    using _udp = forwardLog(overUdp)
    using _tcp = forwardLog({ ...overTcp, markPath: join(folder.path, 'other.json') })
    await eventually(async () => {
      expect(found.udp).toMatch(/^<30>1 2026-11-23T12:00:00Z \S+ web 7 web - one$/)
      expect(found.tcp).toMatch(/^<30>1 2026-11-23T12:00:00Z \S+ web 7 web - one\n$/)
    })
  }
  udp.close()
  tcp.close()
})
