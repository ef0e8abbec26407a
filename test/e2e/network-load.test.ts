import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { parseOwner } from '../../src/engine/local/network/kernel-name.ts'
import { instanceTag } from '../../src/engine/local/state/layout.ts'
import { openNetlink } from '../../src/linux/netlink/netlink-socket.ts'
import { listLinks } from '../../src/linux/rtnetlink/link.ts'
import { TestProject } from '../support/test-project.ts'

/** `TCOMPOSE_TEST_LOAD=full` asks for the numbers of a release: 200 interfaces ten times, 50,000 connections. */
const IS_FULL = process.env['TCOMPOSE_TEST_LOAD'] === 'full'
const REPLICAS = IS_FULL ? 200 : 40
const ROUNDS = IS_FULL ? 10 : 2
const CONNECTIONS = IS_FULL ? 50_000 : 5000
const NAMED_REPLICAS = 50
const AT_ONCE = 32

const SERVER = `require("net").createServer({ noDelay: true }, s => { s.on("error", () => {}); s.end("x") }).listen({ port: 8000, backlog: 4096 })`

const COMPOSE = `
name: load
services:
  crowd:
    image: rootfs:/
    command: [sleep, "3600"]
    stop_signal: SIGKILL
    scale: 0
  web:
    image: rootfs:/
    command: [node, -e, '${SERVER}']
    stop_signal: SIGKILL
    environment: [PATH]
    ports: ["127.0.0.1::8000"]
`

let project: TestProject
beforeAll(async () => {
  project = new TestProject({ compose: COMPOSE })
  await project.succeed('up', '-d')
})
afterAll(() => project[Symbol.asyncDispose]())

/** Names of the host's ends of the project's veth pairs. */
function vethNames(): readonly string[] {
  const tag = instanceTag({ data: join(project.state, 'data'), run: join(project.state, 'run') })
  using socket = openNetlink('route')
  return listLinks(socket).flatMap(({ name, kind, alias }) => {
    const owner = parseOwner(alias)
    return kind === 'veth' && owner?.tag === tag && owner.project === 'load' ? [name] : []
  })
}

test(`${NAMED_REPLICAS} replicas are all told to who asks, in turns`, { timeout: 300_000 }, async () => {
  await project.succeed('up', '-d', '--scale', `crowd=${NAMED_REPLICAS}`)
  // What does not fit into a datagram is asked for again over TCP, by c-ares as by glibc.
  const script = `const { resolve4 } = require("dns/promises"); (async () => { const firsts = new Set; let all; for (let i = 0; i < ${NAMED_REPLICAS}; i++) { all = await resolve4("crowd"); firsts.add(all[0]) } console.log(JSON.stringify([new Set(all).size, firsts.size])) })()`
  const told = await project.succeed('exec', '-T', 'web', 'node', '-e', script)
  const [all, firsts] = JSON.parse(told)
  expect(all).toBe(NAMED_REPLICAS)
  expect(firsts).toBe(NAMED_REPLICAS)
  const glibc = await project.succeed('exec', '-T', 'web', 'getent', 'ahostsv4', 'crowd')
  const addresses = glibc.split('\n').flatMap(line => line.split(' ')[0] || [])
  expect(new Set(addresses).size).toBe(NAMED_REPLICAS)
})

test(`${REPLICAS} interfaces come and go ${ROUNDS} times, and none stays or clashes`, {
  timeout: IS_FULL ? 1_800_000 : 300_000,
}, async () => {
  await project.succeed('up', '-d', '--scale', 'crowd=0')
  const before = vethNames()
  const seen = new Set<string>()
  for (let round = 1; round <= ROUNDS; round += 1) {
    await project.succeed('up', '-d', '--scale', `crowd=${REPLICAS}`)
    const made = vethNames().filter(name => !before.includes(name))
    expect(made.length, `round ${round}`).toBe(REPLICAS)
    expect(made.filter(name => seen.has(name))).toEqual([])
    for (const name of made) seen.add(name)
    await project.succeed('up', '-d', '--scale', 'crowd=0')
    expect(
      vethNames().filter(name => made.includes(name)),
      `round ${round}`,
    ).toEqual([])
  }
})

test(`a published port takes ${CONNECTIONS} connections in a row without an error`, {
  timeout: 600_000,
}, async () => {
  const { Publishers } = JSON.parse(await project.succeed('ps', 'web', '--format', 'json'))
  const port = Publishers[0].PublishedPort
  // Reset, not closed: what waits for its end would leave the client without ports.
  const client = `
    const { connect } = require('net')
    let left = ${CONNECTIONS}, answered = 0
    const failures = {}
    const next = () => {
      if (left-- <= 0) return
      const socket = connect({ host: '127.0.0.1', port: ${port} })
      const end = failure => { if (failure) failures[failure] = (failures[failure] ?? 0) + 1; else answered++; next() }
      socket.once('data', () => { socket.resetAndDestroy(); end() })
      socket.once('error', error => end(error.code))
    }
    for (let i = 0; i < ${AT_ONCE}; i++) next()
    process.on('exit', () => console.log(JSON.stringify({ answered, failures })))`
  const { stdout } = await promisify(execFile)(process.execPath, ['-e', client])
  expect(JSON.parse(stdout)).toEqual({ answered: CONNECTIONS, failures: {} })
})
