import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { buildWithMusl } from '../support/docker-names/build-with-musl.ts'
import { eventually } from '../support/eventually.ts'
import { findProgram, MAY_DOWNLOAD } from '../support/parts/find-program.ts'
import { imageLayout } from '../support/parts/image-layout.ts'
import { TestProject } from '../support/test-project.ts'

const REPLICAS = 50

/** Answers HTTP with its name, and has port 53 of every address for itself, which it answers 192.0.2.53 on. */
const SERVER = `
const http = require('http'), dgram = require('dgram'), net = require('net')
const udp = dgram.createSocket('udp4')
udp.on('message', (query, from) => {
  const question = query.subarray(12, query.indexOf(0, 12) + 5)
  const header = Buffer.from([query[0], query[1], 0x81, 0x80, 0, 1, 0, 1, 0, 0, 0, 0])
  const record = Buffer.from([0xc0, 12, 0, 1, 0, 1, 0, 0, 0, 9, 0, 4, 192, 0, 2, 53])
  udp.send(Buffer.concat([header, question, record]), from.port, from.address)
}).bind(53, '0.0.0.0', () => net.createServer().listen(53, '0.0.0.0', () =>
  http.createServer((q, s) => s.end(process.env.HOSTNAME)).listen(8000)))
`

const COMPOSE = `
name: asking
x-idle: &idle
  image: rootfs:/
  command: [sleep, "100000"]
  stop_signal: SIGKILL
services:
  client: { <<: *idle }
  many: { <<: *idle, scale: ${REPLICAS} }
  inside: { <<: *idle, networks: [shut] }
  alone: &server
    <<: *idle
    command: [node, server.cjs]
    working_dir: /program
    volumes: [./server.cjs:/program/server.cjs:ro]
    environment: [PATH]
    dns: 127.0.0.1
  pair: { <<: *server, scale: 2, dns: [] }
  front:
    image: oci:\${NGINX}
    volumes: ["./front.conf:/etc/nginx/conf.d/default.conf:ro"]
networks:
  shut: { internal: true }
`

const FRONT = `
resolver 127.0.0.11 valid=1s;
server {
  listen 80;
  set $upstream http://pair:8000;
  location / { proxy_pass $upstream; }
}
`

let project: TestProject
let missing: string | undefined
beforeAll(async () => {
  const nginx = await imageLayout('nginx')
  if (nginx.kind === 'missing') missing = nginx.reason
  project = new TestProject({
    compose:
      nginx.kind === 'missing'
        ? COMPOSE.slice(0, COMPOSE.indexOf('  front:')) + COMPOSE.slice(COMPOSE.indexOf('networks:'))
        : COMPOSE,
    files: { 'server.cjs': SERVER, 'front.conf': FRONT },
    env: nginx.kind === 'missing' ? {} : { NGINX: nginx.dir },
  })
  await project.succeed('up', '-d')
}, 180_000)
afterAll(() => project[Symbol.asyncDispose](), 120_000)

function inside(service: string, ...command: readonly string[]): Promise<string> {
  return project.succeed('exec', '-T', service, ...command)
}

function node(service: string, expression: string): Promise<string> {
  const script = `(async () => { const d = require('dns/promises'); console.log(JSON.stringify(await (${expression}))) })()`
  return inside(service, process.execPath, '-e', script)
}

test('the C library of Debian finds one, two and fifty containers', async () => {
  expect((await inside('client', 'getent', 'ahostsv4', 'alone')).split('\n')[0]).toMatch(
    /^[\d.]+ +STREAM alone$/,
  )
  for (const { name, count } of [
    { name: 'pair', count: 2 },
    { name: 'many', count: REPLICAS },
  ]) {
    const lines = (await inside('client', 'getent', 'ahosts', name)).trim().split('\n')
    expect(new Set(lines.map(line => line.split(' ')[0])).size).toBe(count)
  }
})

test(
  'musl finds them too, and does not wait for names of elsewhere on an internal network',
  async context => {
    const program = join(project.folder, 'look-up')
    const reason = await buildWithMusl(program)
    if (reason !== undefined) return context.skip(reason)
    const told = await inside('client', program, 'alone', 'pair', 'many', 'PAIR')
    // musl takes 48 addresses at most, and before 1.2.4 what fits into 512 bytes.
    expect(told).toMatch(/^alone: 1\npair: 2\nmany: (30|48)\nPAIR: 2\n$/)
    expect(await inside('inside', program, 'example.com')).toContain('Try again')
  },
  MAY_DOWNLOAD.timeout,
)

test('c-ares and getaddrinfo of Node find them, and c-ares their names', async () => {
  expect(JSON.parse(await node('client', "d.resolve4('many')"))).toHaveLength(REPLICAS)
  expect(JSON.parse(await node('client', "d.lookup('pair', {all: true})"))).toHaveLength(2)
  expect(await node('client', "d.resolve6('pair').catch(e => e.code)")).toBe('"ENODATA"\n')
  expect(await node('client', "d.resolveSrv('pair').catch(e => e.code)")).toBe('"ENODATA"\n')
  const named = await node('client', "d.resolve4('alone').then(([one]) => d.reverse(one))")
  expect(named).toBe('["asking-alone-1.asking_default"]\n')
  expect(await node('inside', "d.resolve4('example.com').catch(e => e.code)")).toBe('"ESERVFAIL"\n')
})

test(
  'dig falls back to TCP where there are too many for plain UDP',
  async context => {
    const dig = await findProgram('dig')
    if (dig.kind === 'missing') return context.skip(dig.reason)
    const ask = (...words: readonly string[]) => inside('client', ...dig.command, ...words)
    const plain = await ask('+noedns', 'many')
    expect(plain).toContain('Truncated, retrying in TCP mode')
    expect(plain.match(/\sIN\sA\s+\d/g)).toHaveLength(REPLICAS)
    expect(await ask('+noedns', '+ignore', 'many')).toMatch(/flags: qr tc rd ra;/)
    const whole = await ask('many')
    expect(whole).not.toContain('Truncated')
    expect(whole).toMatch(
      /status: NOERROR[\s\S]*ANSWER: 50, AUTHORITY: 0, ADDITIONAL: 1[\s\S]*EDNS: version: 0/,
    )
    expect(await ask('+short', '+dnssec', '+cookie', 'Alone.')).toMatch(/^[\d.]+\n$/)
  },
  MAY_DOWNLOAD.timeout,
)

test(
  'the resolver of Go finds the server that a registry mirrors',
  async context => {
    const registry = await findProgram('docker-registry')
    if (registry.kind === 'missing') return context.skip(registry.reason)
    project.write(
      'registry.yml',
      'version: 0.1\nstorage: {inmemory: {}}\nhttp: {addr: 127.0.0.1:5000}\nproxy: {remoteurl: "http://pair:8000"}\n',
    )
    const script = 'GODEBUG=netdns=go+1 exec "$@" 2>&1'
    const { stdout } = await project.run([
      ...['exec', '-T', 'client', 'timeout', '5', 'sh', '-c', script, 'sh'],
      ...[...registry.command, 'serve', join(project.folder, 'registry.yml')],
    ])
    expect(stdout).toContain("Go's resolver")
    expect(stdout).not.toMatch(/no such host|server misbehaving|i\/o timeout/)
    expect(stdout).toContain('listening on 127.0.0.1:5000')
  },
  MAY_DOWNLOAD.timeout,
)

test('nginx asks for itself, and follows containers that stop and start', async context => {
  if (missing !== undefined) return context.skip(missing)
  const fetchName = () => inside('client', 'curl', '-fsS', 'http://front/')
  expect(await eventually(fetchName)).toMatch(/^[0-9a-f]{12}$/)
  const names = new Set<string>()
  await eventually(async () => {
    names.add(await fetchName())
    expect(names.size).toBe(2)
  })
})

test('a container that has port 53 of every address answers there, and is answered by the embedded server', async () => {
  const ask = (server: string, name: string) =>
    node('alone', `(r => (r.setServers(['${server}']), r.resolve4('${name}')))(new d.Resolver())`)
  expect(await ask('127.0.0.1', 'pair')).toBe('["192.0.2.53"]\n')
  expect(JSON.parse(await ask('127.0.0.11', 'pair'))).toHaveLength(2)
})

test('resolvers of a service are asked from its own network', async () => {
  expect(await inside('alone', 'getent', 'ahostsv4', 'elsewhere.example.org')).toMatch(/^192\.0\.2\.53 /)
})

describe('a container that is stopped', () => {
  test('has no address from then on, and one again once it is started', async () => {
    await project.succeed('stop', 'alone')
    const resolve = () => node('client', "d.resolve4('alone').catch(e => e.code)")
    expect(await resolve()).toBe('"ENOTFOUND"\n')
    await project.succeed('start', 'alone')
    expect(await resolve()).toMatch(/^\["[\d.]+"\]\n$/)
  })
})
