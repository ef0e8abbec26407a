import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { eventually } from '../support/eventually.ts'
import { keeperPid } from '../support/find-keeper.ts'
import { processesWith } from '../support/processes-with.ts'
import { TestProject } from '../support/test-project.ts'

const COMPOSE = `
name: served
x-idle: &idle
  image: rootfs:/
  command: [sleep, "100000"]
  stop_signal: SIGKILL
services:
  client: *idle
  hostile: *idle
  web: { <<: *idle, scale: 2 }
`

let project: TestProject
beforeAll(async () => {
  project = new TestProject({ compose: COMPOSE })
  await project.succeed('up', '-d')
  await eventually(async () => expect(processCalled('tc-names')).toBeGreaterThan(0))
}, 180_000)
afterAll(() => project[Symbol.asyncDispose](), 120_000)

/** Returns what the value of an expression is in a container, as JSON; `d` is node:dns/promises. */
async function evaluate(service: string, expression: string): Promise<unknown> {
  const script = `(async () => { const d = require('dns/promises'); console.log(JSON.stringify(await (${expression}))) })()`
  return JSON.parse(await project.succeed('exec', '-T', service, process.execPath, '-e', script))
}

/** The process below the keeper of the project that is called so. */
function processCalled(name: string): number {
  const below = new Set([keeperPid(project)])
  const stats = readdirSync('/proc')
    .filter(entry => /^\d+$/.test(entry))
    .map(Number)
    .toSorted((a, b) => a - b)
  for (let grew = true; grew; ) {
    const before = below.size
    for (const pid of stats) if (below.has(parentOf(pid))) below.add(pid)
    grew = below.size > before
  }
  const found = [...below].find(pid => commOf(pid) === name)
  if (found === undefined) throw new Error(`Expected a process that is called ${name}`)
  return found
}

function parentOf(pid: number): number {
  return Number(/^PPid:\t(\d+)$/m.exec(statusOf(pid))?.[1] ?? 0)
}

function commOf(pid: number): string {
  return /^Name:\t(.*)$/m.exec(statusOf(pid))?.[1] ?? ''
}

function statusOf(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/status`, 'utf8')
  } catch {
    // It has ended.
    return ''
  }
}

/** Asks for a name again and again while `disturb` does its work, and returns how often it was found and not. */
async function underLoad(
  disturb: () => Promise<void>,
): Promise<{ readonly found: number; readonly lost: unknown[] }> {
  const asking = evaluate(
    'client',
    `(async () => {
      const result = { found: 0, lost: [] }
      const end = Date.now() + 6000
      const ask = async () => {
        while (Date.now() < end)
          await d.resolve4('web').then(() => result.found++, error => result.lost.push(error.code))
      }
      await Promise.all(Array.from({ length: 8 }, ask))
      return result
    })()`,
  )
  await disturb()
  return (await asking) as { readonly found: number; readonly lost: unknown[] }
}

test('the name server is nobody, and small', async () => {
  const status = statusOf(processCalled('tc-names'))
  expect(status).toMatch(/^Uid:\t65534\t65534\t65534\t65534$/m)
  expect(status).toMatch(/^CapEff:\t0+$/m)
  expect(status).toMatch(/^Seccomp:\t2$/m)
  expect(Number(/^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1])).toBeLessThan(1024)
})

test('a name server that is killed under load is started again, and no query is lost but those that it had taken', async () => {
  const first = processCalled('tc-names')
  let last = first
  const { found, lost } = await underLoad(async () => {
    for (let round = 0; round < 3; round++) {
      process.kill(last, 'SIGKILL')
      last = await eventually(async () => {
        const pid = processCalled('tc-names')
        expect(pid).not.toBe(last)
        return pid
      })
      await eventually(async () => expect(await evaluate('hostile', "d.resolve4('web')")).toHaveLength(2))
    }
  })
  expect(last).not.toBe(first)
  expect(found).toBeGreaterThan(100)
  // c-ares asks again what is not answered within its own time.
  expect(lost).toEqual([])
})

test('names are found while the supervisor does not run, and wait for it while it starts again', async () => {
  // The end of the name server wakes one that rests.
  const ended = processCalled('tc-names')
  process.kill(ended, 'SIGKILL')
  const first = await eventually(async () => {
    const pid = processCalled('tc-names')
    expect(pid).not.toBe(ended)
    return pid
  })
  const supervisor = Number(processesWith(join(project.state, 'run'))[0])
  process.kill(supervisor, 'SIGSTOP')
  try {
    expect(await evaluate('client', "d.resolve4('web')")).toHaveLength(2)
    expect(await evaluate('client', "d.resolve4('served-web-1.served_default')")).toHaveLength(1)
  } finally {
    process.kill(supervisor, 'SIGCONT')
  }
  process.kill(supervisor, 'SIGKILL')
  expect(await evaluate('client', "d.resolve4('web')")).toHaveLength(2)
  await eventually(async () => expect(processCalled('tc-names')).not.toBe(first))
  expect(await evaluate('client', "d.resolve4('web')")).toHaveLength(2)
})

test('what a hostile container sends harms no other, and what it opens is limited', async () => {
  const server = processCalled('tc-names')
  const sent = await evaluate(
    'hostile',
    `(async () => {
      const { randomBytes } = require('crypto'), net = require('net'), dgram = require('dgram')
      const query = Buffer.from('123401000001000000000000037765620000010001', 'hex')
      const udp = dgram.createSocket('udp4')
      for (let count = 0; count < 20000; count++) {
        const packet = count % 2 ? randomBytes(count % 1400) : Buffer.from(query)
        if (count % 2 === 0) packet[count % packet.length] = count
        await new Promise(done => udp.send(packet, 53, '127.0.0.11', done))
      }
      udp.close()
      const closed = await Promise.all(Array.from({ length: 60 }, (_, index) => new Promise(done => {
        const socket = net.connect(53, '127.0.0.11', () => socket.write(Buffer.from([16, 0, index])))
        socket.on('error', () => {}).resume()
        socket.on('close', () => done('closed'))
        setTimeout(() => done('open'), 3000)
      })))
      setImmediate(() => process.exit())
      return closed.filter(state => state === 'open').length
    })()`,
  )
  expect(sent).toBe(32)
  expect(await evaluate('client', "d.resolve4('web')")).toHaveLength(2)
  expect(processCalled('tc-names')).toBe(server)
})

test('what one has asked too much is refused, and another is served meanwhile', async () => {
  const flood = evaluate(
    'hostile',
    `(async () => {
      const resolver = new d.Resolver({ timeout: 4000, tries: 1, maxTimeout: 4000 })
      const asked = Array.from({ length: 400 }, (_, index) => resolver.resolve4('n' + index + '.invalid').catch(e => e.code))
      return (await Promise.all(asked)).length
    })()`,
  )
  expect(await evaluate('client', "d.resolve4('web')")).toHaveLength(2)
  expect(await flood).toBe(400)
})
