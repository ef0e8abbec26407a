import { execFileSync } from 'node:child_process'
import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { freePort } from '../support/free-port.ts'
import { holdPort } from '../support/held-port.ts'
import { TestProject } from '../support/test-project.ts'

/** Answers HTTP on port 80 and echoes UDP on port 5353, each with the name of its container. */
const SERVER = `
import http.server, os, socket, threading
name = os.uname().nodename
class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200)
        self.end_headers()
        self.wfile.write(name.encode())
    def log_message(self, *args): pass
def echo():
    udp = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    udp.bind(("0.0.0.0", 5353))
    while True:
        data, client = udp.recvfrom(2048)
        udp.sendto(name.encode() + b" " + data, client)
threading.Thread(target=echo, daemon=True).start()
http.server.ThreadingHTTPServer(("0.0.0.0", 80), Handler).serve_forever()
`

const PROBE = "import urllib.request as u; u.urlopen('http://127.0.0.1')"

let project: TestProject
let from: number
let udp: number
beforeAll(async () => {
  from = await freePort()
  udp = await freePort()
  project = new TestProject({
    compose: `
name: published
services:
  web:
    image: rootfs:/
    command: [python3, /server.py]
    stop_signal: SIGKILL
    volumes: ["./server.py:/server.py:ro"]
    ports: ["80", "[::1]::80", "${udp}:5353/udp"]
    healthcheck: { test: [CMD, python3, -c, "${PROBE}"], interval: 200ms }
  twins:
    image: rootfs:/
    command: [python3, /server.py]
    stop_signal: SIGKILL
    scale: 2
    volumes: ["./server.py:/server.py:ro"]
    ports: ["127.0.0.1:${from}-${from + 1}:80"]
    healthcheck: { test: [CMD, python3, -c, "${PROBE}"], interval: 200ms }
`,
    files: { 'server.py': SERVER },
  })
  await project.succeed('up', '-d', '--wait')
})
afterAll(() => project[Symbol.asyncDispose]())

interface Port {
  readonly Service: string
  readonly HostIP: string
  readonly PublishedPort: number
  readonly TargetPort: number
  readonly Container: string
}

async function portsOf(service: string): Promise<readonly Port[]> {
  const text = await project.succeed('ports', '--format', 'json', service)
  return text
    .trim()
    .split('\n')
    .map(line => JSON.parse(line))
}

async function ask(host: string, port: number): Promise<string> {
  const answer = await fetch(`http://${host.includes(':') ? `[${host}]` : host}:${port}`)
  return answer.text()
}

test('a port without an address answers on loopback of both families, and on the same number', async () => {
  const ports = (await portsOf('web')).filter(({ TargetPort }) => TargetPort === 80)
  expect(ports.map(({ HostIP }) => HostIP)).toEqual(['0.0.0.0', '::', '::1'])
  const [ipv4, ipv6, loopback] = ports.map(({ PublishedPort }) => PublishedPort)
  expect(ipv6).toBe(ipv4)
  const name = await ask('127.0.0.1', ipv4 ?? 0)
  expect(name).toMatch(/^[0-9a-f]{12}$/)
  expect(await ask('::1', ipv6 ?? 0)).toBe(name)
  expect(await ask('::1', loopback ?? 0)).toBe(name)
})

test('two replicas have a port of a range each', async () => {
  const names = await Promise.all([ask('127.0.0.1', from), ask('127.0.0.1', from + 1)])
  expect(new Set(names).size).toBe(2)
})

test('ports --env gives a shell where to connect', async () => {
  const variables = await project.succeed('ports', '--env', 'web')
  const script = `${variables}curl -s "http://$WEB_80_TCP"; curl -gs "http://$WEB_80_TCP_2"`
  expect(execFileSync('sh', ['-euc', script], { encoding: 'utf8' })).toMatch(/^([0-9a-f]{12})\1$/)
})

test.for([
  { host: '127.0.0.1', type: 'udp4' },
  { host: '::1', type: 'udp6' },
] as const)('datagrams to $host are answered, and by the next container too', async ({ host, type }) => {
  const client = createSocket(type)
  const echo = async (text: string): Promise<string> => {
    const answer = once(client, 'message', { signal: AbortSignal.timeout(2000) })
    client.send(text, udp, host)
    return String((await answer)[0])
  }
  const before = await echo('one')
  expect(before).toMatch(/^[0-9a-f]{12} one$/)
  await project.succeed('up', '-d', '--wait', '--force-recreate', 'web')
  const after = await echo('two')
  expect(after).toMatch(/^[0-9a-f]{12} two$/)
  expect(after.slice(0, 12)).not.toBe(before.slice(0, 12))
  client.close()
})

test('up names the process that holds a port on an IPv6 address', async () => {
  using held = await holdPort('::1')
  const { port } = held
  project.write('taken.yaml', `services: {other: {image: "rootfs:/", ports: ["[::1]:${port}:80"]}}`)
  const { exitCode, stderr } = await project.run([
    '-f',
    'compose.yaml',
    '-f',
    'taken.yaml',
    'up',
    '-d',
    'other',
  ])
  expect(exitCode).toBe(1)
  expect(stderr).toContain(`Cannot publish port ::1:${port} of service "other": it is in use by`)
  expect(stderr).toContain(`(pid ${process.pid})`)
})

test('--publish-default keeps ports to one address, and the plan says so', async () => {
  const plan = await project.succeed('plan', '--publish-default', '127.0.0.1', 'web')
  expect(plan).toContain('ports')
  await project.succeed('up', '-d', '--wait', '--publish-default', '127.0.0.1', 'web')
  expect((await portsOf('web')).map(({ HostIP }) => HostIP)).toEqual(['127.0.0.1', '::1', '127.0.0.1'])
  const again = ['plan', '--detailed-exitcode', 'web']
  project.environment['TCOMPOSE_PUBLISH_DEFAULT'] = '127.0.0.1'
  expect((await project.run(again)).exitCode).toBe(0)
  delete project.environment['TCOMPOSE_PUBLISH_DEFAULT']
  expect((await project.run(again)).exitCode).toBe(3)
})
