import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, existsSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { SystemCallError } from '../../src/linux/libc.ts'
import { connectUnixSocket, receiveDescriptors, sendDescriptors } from '../../src/linux/unix-socket.ts'
import { describeWarmProcess, endWarmProcess } from '../../src/warm/ask-warm-process.ts'
import { encodeHeader } from '../../src/warm/protocol.ts'
import { eventually } from '../support/eventually.ts'

const MODULE = resolve(import.meta.dirname, '../../src/warm/serve.ts')

/** Its commands write what they are, and do what their first argument says. */
const SERVER = `
import { writeSync, existsSync, openSync } from 'node:fs'
import { setTimeout as delay } from 'node:timers/promises'
import { serveWarm } from ${JSON.stringify(MODULE)}
const [socket, idleMs, replaced] = process.argv.slice(1)
await serveWarm({
  socket,
  root: '/package',
  isCurrent: () => !existsSync(replaced),
  takes: ({ argv }) => argv[0] !== 'refused',
  idleMs: Number(idleMs),
  signal: new AbortController().signal,
  run: async ({ argv, umask, streams, signals }) => {
    writeSync(streams[1], JSON.stringify([argv, umask, process.cwd(), process.env.MARK ?? null]))
    if (argv[0] === 'wait') await new Promise(resolve => signals.on(resolve))
    if (argv[0] === 'leave-timer') setInterval(() => undefined, 60_000)
    if (argv[0] === 'leave-files') for (let i = 0; i < 20; i += 1) openSync('/dev/null', 'r')
    return 7
  },
})
process.exit(0)
`

class Server implements Disposable {
  readonly folder = mkdtempSync(join(tmpdir(), 'tc-serve-'))
  readonly socket = join(this.folder, 'warm/socket')
  readonly replaced = join(this.folder, 'replaced')
  readonly child: ChildProcess

  constructor(idleMs = 60_000) {
    const args = ['--input-type=module', '-e', SERVER, this.socket, String(idleMs), this.replaced]
    this.child = spawn(process.execPath, args, { stdio: ['ignore', 'ignore', 'inherit'] })
  }

  static async start(idleMs?: number): Promise<Server> {
    const server = new Server(idleMs)
    onTestFinished(() => server[Symbol.dispose]())
    await eventually(async () => expect(existsSync(server.socket)).toBe(true))
    return server
  }

  async ended(): Promise<void> {
    if (this.child.exitCode === null && this.child.signalCode === null) await once(this.child, 'exit')
  }

  [Symbol.dispose](): void {
    this.child.kill('SIGKILL')
    rmSync(this.folder, { recursive: true, force: true })
  }
}

/** A server that closes with bytes unread resets the connection: that is an end too. */
function receiveText(fd: number): string {
  try {
    return receiveDescriptors(fd, 10).data.toString('latin1')
  } catch (error) {
    if (error instanceof SystemCallError && error.errnoName === 'ECONNRESET') return ''
    throw error
  }
}

/** A caller as the front is one. */
class Front {
  readonly #fd: number
  readonly #output: string

  constructor({ socket, folder }: Server, argv: readonly string[], root = '/package') {
    this.#fd = connectUnixSocket(socket) ?? -1
    this.#output = join(folder, `output-${argv.join('-')}`)
    const texts = Buffer.from([root, '/tmp', ...argv, 'MARK=1'].map(text => `${text}\0`).join(''))
    const header = encodeHeader({
      kind: 'command',
      textBytes: texts.length,
      umask: 0o27,
      argumentCount: argv.length,
    })
    const streams = [openSync('/dev/null', 'r'), openSync(this.#output, 'w'), openSync('/dev/null', 'w')]
    sendDescriptors(this.#fd, header, streams)
    sendDescriptors(this.#fd, texts, [])
    for (const stream of streams) closeSync(stream)
  }

  send(text: string): void {
    sendDescriptors(this.#fd, Buffer.from(text, 'latin1'), [])
  }

  /** Waits for the next bytes; empty at the end. */
  receive(): string {
    return receiveText(this.#fd)
  }

  get output(): unknown {
    return JSON.parse(readFileSync(this.#output, 'utf8'))
  }

  close(): void {
    closeSync(this.#fd)
  }
}

/** Starts a command that waits for a signal. */
function waitingOn(server: Server): Front {
  const front = new Front(server, ['wait'])
  expect(front.receive()).toBe('A')
  front.send('G')
  expect(front.receive()).toBe('W')
  return front
}

/** Runs a command and returns what the server says to the end. */
function runOn(server: Server, ...argv: readonly string[]): string {
  const front = new Front(server, argv)
  let said = front.receive()
  if (said === 'A') front.send('G')
  for (let more = said; more !== ''; said += more) more = front.receive()
  front.close()
  return said
}

test('a command runs with the arguments, the mask, the folder and the environment of its caller', async () => {
  const server = await Server.start()
  const front = new Front(server, ['first', 'two words'])
  expect(front.receive()).toBe('A')
  front.send('G')
  expect(front.receive()).toBe('X\x07')
  expect(front.output).toEqual([['first', 'two words'], 0o27, '/tmp', '1'])
  expect(await describeWarmProcess(server.socket)).toMatchObject({ pid: server.child.pid, commands: 1 })
  await endWarmProcess(server.socket)
  await server.ended()
  expect(existsSync(server.socket)).toBe(false)
})

test('what another package calls, and what is not to run here, is refused', async () => {
  const server = await Server.start()
  expect(runOn(server, 'refused')).toBe('')
  expect(new Front(server, ['first'], '/another').receive()).toBe('')
  expect(await describeWarmProcess(server.socket)).toMatchObject({ commands: 0 })
})

test('while a command runs others are refused, and its signals reach it', async () => {
  const server = await Server.start()
  const waiting = waitingOn(server)
  expect(runOn(server, 'other')).toBe('')
  waiting.send('\x02')
  expect(waiting.receive()).toBe('X\x07')
  expect(runOn(server, 'other')).toBe('AX\x07')
})

test('a caller that does not say go has run nothing', async () => {
  const server = await Server.start()
  const front = new Front(server, ['first'])
  expect(front.receive()).toBe('A')
  front.close()
  await eventually(async () => expect(runOn(server, 'other')).toBe('AX\x07'))
  expect(await describeWarmProcess(server.socket)).toMatchObject({ commands: 1 })
})

test('a caller that ends during its command ends the process', async () => {
  const server = await Server.start()
  waitingOn(server).close()
  await server.ended()
  expect(server.child.signalCode).toBe('SIGKILL')
})

test('bytes that are no call are refused', async () => {
  const server = await Server.start()
  const fd = connectUnixSocket(server.socket) ?? -1
  sendDescriptors(fd, Buffer.from('GET / HTTP/1.1\r\n\r\n and more of it'), [])
  expect(receiveText(fd)).toBe('')
  closeSync(fd)
  expect(runOn(server, 'first')).toBe('AX\x07')
})

test.for(['leave-timer', 'leave-files'])(
  'the process ends behind a command that is said to %s',
  async argument => {
    const server = await Server.start()
    expect(runOn(server, argument)).toBe('AX\x07')
    await server.ended()
    expect(server.child.exitCode).toBe(0)
  },
)

test('who is calling when the process looks at what its command left is no leftover', async () => {
  const server = await Server.start()
  expect(runOn(server, 'first')).toBe('AX\x07')
  for (const _look of [1, 2, 3]) {
    const fd = connectUnixSocket(server.socket) ?? -1
    expect(receiveText(fd)).toBe('')
    closeSync(fd)
  }
  expect(runOn(server, 'second')).toBe('AX\x07')
})

test('the process ends when it has had no command for long', async () => {
  const server = await Server.start(300)
  await server.ended()
  expect([server.child.exitCode, existsSync(server.socket)]).toEqual([0, false])
})

test('the process ends when its package has been replaced', async () => {
  const server = await Server.start()
  writeFileSync(server.replaced, '')
  expect(runOn(server, 'first')).toBe('')
  await server.ended()
  expect(server.child.exitCode).toBe(0)
})
