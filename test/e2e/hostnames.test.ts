import { readFileSync } from 'node:fs'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { freePort } from '../support/free-port.ts'
import { TestProject } from '../support/test-project.ts'

const PORT = await freePort()
const COMPOSE = `
name: called
x-idle: &idle
  image: rootfs:/
  init: true
  command: [sleep, "1000"]
services:
  kafka: { <<: *idle, hostname: broker, container_name: called-first }
  node: { <<: *idle, hostname: node.cluster.local }
  half: { <<: *idle, hostname: half, domainname: example.test }
  side: { <<: *idle, network_mode: "service:kafka" }
  wide: { <<: *idle, network_mode: host, extra_hosts: { marker.test: 192.0.2.7 }, ports: ["127.0.0.1:${PORT}:${PORT}"] }
`

let project: TestProject
beforeAll(async () => {
  project = new TestProject({ compose: COMPOSE })
  await project.succeed('up', '-d')
})
afterAll(() => project[Symbol.asyncDispose]())

const inside = (service: string, script: string): Promise<string> =>
  project.succeed('exec', '-T', service, 'sh', '-c', script)

test('host names resolve on shared networks, and so does the name that container_name replaces', async () => {
  for (const name of ['broker', 'BROKER', 'called-first', 'called-kafka-1', 'node.cluster.local'])
    expect(await inside('half', `getent ahostsv4 ${name}`), name).toMatch(/^\d+\.\d+\.\d+\.\d+ +STREAM/)
  expect(await inside('half', 'getent hosts marker.test || echo none')).toBe('none\n')
})

test('the hosts file of a container has its full name and the short one', async () => {
  expect(await inside('node', 'tail -n 1 /etc/hosts')).toMatch(/^[\d.]+\tnode\.cluster\.local node\n$/)
  expect(await inside('half', 'tail -n 1 /etc/hosts')).toMatch(/^[\d.]+\thalf\.example\.test half\n$/)
  expect(await inside('half', 'hostname; hostname -f; cat /proc/sys/kernel/domainname')).toBe(
    'half\nhalf.example.test\nexample.test\n',
  )
})

test('a container on the network of another has its names and files', async () => {
  const names = 'hostname; echo $HOSTNAME; cat /etc/hostname /etc/hosts /etc/resolv.conf'
  const side = await inside('side', names)
  expect(side).toMatch(/^broker\nbroker\nbroker\n/)
  expect(side).toBe(await inside('kafka', names))
  expect(await inside('side', 'getent hosts $(hostname)')).toMatch(/ broker\n$/)
})

test('a container on the network of the host has its hosts file, followed by the extra hosts', async () => {
  const own = readFileSync('/etc/hosts', 'utf8')
  expect(await inside('wide', 'cat /etc/hosts')).toBe(`${own}192.0.2.7\tmarker.test\n`)
  expect(await inside('wide', 'hostname')).toBe(readFileSync('/proc/sys/kernel/hostname', 'utf8'))
})

test('a port of a container on the network of the host is left to the container', async () => {
  const listen = `require('net').createServer().listen(${PORT}, '127.0.0.1', () => process.exit(0)).on('error', e => { console.log(e.code); process.exit(1) })`
  expect(await project.run(['exec', '-T', 'wide', process.execPath, '-e', listen])).toMatchObject({
    exitCode: 0,
  })
})
