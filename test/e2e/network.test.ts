import { afterAll, beforeAll, expect, test } from 'vitest'
import { holdPort } from '../support/held-port.ts'
import { askFrom, httpNode } from '../support/http-node.ts'
import { TestProject } from '../support/test-project.ts'

const COMPOSE = `
name: wires
${httpNode()}
services:
  front:
    <<: *node
    networks: { outer: { aliases: [page] }, inner: {} }
    ports: ["127.0.0.1::8000", "8000"]
  back:
    <<: *node
    networks: [inner]
    scale: 2
  alone:
    <<: *node
    networks: [other]
networks:
  outer:
  inner: { internal: true }
  other:
`

let project: TestProject
beforeAll(async () => {
  project = new TestProject({ compose: COMPOSE })
  await project.succeed('up', '-d', '--wait')
})
afterAll(() => project[Symbol.asyncDispose]())

function ask(service: string, url: string): ReturnType<TestProject['run']> {
  return askFrom(project, service, url)
}

async function publishedPorts(): Promise<{ URL: string; PublishedPort: number }[]> {
  return JSON.parse(await project.succeed('ps', 'front', '--format', 'json')).Publishers
}

test('services find each other by service name, container name and alias', async () => {
  for (const name of ['back', 'wires-back-1', 'wires-back-2']) {
    expect((await ask('front', `http://${name}:8000`)).exitCode).toBe(0)
  }
  expect((await ask('back', 'http://front:8000')).exitCode).toBe(0)
  expect((await project.run(['exec', '-T', 'front', 'getent', 'hosts', 'page'])).exitCode).toBe(0)
})

test('a service name resolves to all replicas', async () => {
  const addresses = await project.succeed('exec', '-T', 'front', 'getent', 'ahostsv4', 'back')
  expect(new Set(addresses.split('\n').flatMap(line => line.split(' ')[0] || [])).size).toBe(2)
})

test('interfaces on networks with a way out come before those on internal ones', async () => {
  const routes = await project.succeed('exec', '-T', 'front', 'cat', '/proc/net/route')
  expect(routes).toMatch(/^eth0\t00000000\t/m)
})

test('an alias of a network that is not shared does not resolve', async () => {
  expect((await project.run(['exec', '-T', 'back', 'getent', 'hosts', 'page'])).exitCode).toBe(2)
  expect((await ask('alone', 'http://front:8000')).exitCode).toBe(1)
})

test('a port published on 127.0.0.1 answers there, and one without an address on all addresses', async () => {
  const published = await publishedPorts()
  expect(published.map(port => port.URL).toSorted()).toEqual(['0.0.0.0', '127.0.0.1', '::'])
  for (const { URL, PublishedPort } of published) {
    const answer = await fetch(`http://${URL === '::' ? '[::1]' : '127.0.0.1'}:${PublishedPort}`)
    expect(answer.status).toBe(200)
  }
})

test('a container reaches published ports of its own and of another through the host', async () => {
  const [open] = (await publishedPorts()).filter(port => port.URL === '0.0.0.0')
  const gateway = (
    await project.succeed(
      'exec',
      '-T',
      'alone',
      'sh',
      '-c',
      'awk \'$2 == "00000000" {print $3}\' /proc/net/route',
    )
  ).trim()
  const address = (gateway.match(/../g) ?? [])
    .reverse()
    .map(byte => Number.parseInt(byte, 16))
    .join('.')
  expect((await ask('alone', `http://${address}:${open?.PublishedPort}`)).exitCode).toBe(0)
})

test('two projects do not reach each other', async () => {
  await using other = new TestProject({ compose: COMPOSE.replace('name: wires', 'name: cables') })
  await other.succeed('up', '-d', '--wait')
  const address = (await other.succeed('exec', '-T', 'alone', 'hostname', '-i')).trim()
  const script = `require('net').connect(8000, '${address}').setTimeout(1500, function () { console.log('silence'); process.exit(3) }).on('connect', () => process.exit(0)).on('error', () => process.exit(4))`
  expect((await project.run(['exec', '-T', 'alone', 'node', '-e', script])).exitCode).not.toBe(0)
})

test('a port in use is reported with its holder, and nothing is created', async () => {
  const [taken] = await publishedPorts()
  project.write(
    'clash.yaml',
    `
name: clash
services:
  web:
    image: rootfs:/
    command: [sleep, "60"]
    ports: ["127.0.0.1:${taken?.PublishedPort}:80"]
`,
  )
  const result = await project.run(['-f', 'clash.yaml', 'up', '-d'])
  expect(result.exitCode).toBe(1)
  expect(result.stderr).toContain(`port 127.0.0.1:${taken?.PublishedPort}`)
  expect(result.stderr).toContain('wires-front-1')
  expect(result.stderr).toContain('clash.yaml:7:13')
  expect(result.stderr).toContain('Nothing was changed.')
  expect(await project.succeed('-f', 'clash.yaml', 'ps', '-a', '-q')).toBe('')
})

test('a port that a host process listens on is reported with the process', async () => {
  using held = await holdPort('127.0.0.1')
  const { port } = held
  await using other = new TestProject({
    compose: `
name: clash
services:
  web:
    image: rootfs:/
    command: [sleep, "60"]
    ports: ["${port}:80"]
`,
  })
  const result = await other.run(['up', '-d'])
  expect(result.exitCode).toBe(1)
  expect(result.stderr).toMatch(
    new RegExp(`port ${port} of service "web": it is in use by .*pid ${process.pid}`),
  )
  expect(result.stderr).toContain('Nothing was changed.')
})
