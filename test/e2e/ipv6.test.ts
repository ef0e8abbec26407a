import { afterAll, beforeAll, expect, test } from 'vitest'
import { askFrom, httpNode } from '../support/http-node.ts'
import { TestProject } from '../support/test-project.ts'

const COMPOSE = `
name: sixes
${httpNode()}
services:
  web:
    <<: *node
    networks: { both: { ipv6_address: "fd5c:77::77", driver_opts: { com.docker.network.endpoint.ifname: lan0 } } }
    ports: ["8000"]
  peer:
    <<: *node
    networks: [both, only]
  single:
    <<: *node
    networks: [only]
  side:
    <<: *node
    command: [sleep, infinity]
    healthcheck: { disable: true }
    network_mode: container:sixes-web-1
    depends_on: [web]
networks:
  both: { enable_ipv6: true, ipam: { config: [{ subnet: "fd5c:77::/64" }] } }
  only: { enable_ipv4: false, enable_ipv6: true }
`

let project: TestProject
beforeAll(async () => {
  project = new TestProject({ compose: COMPOSE })
  await project.succeed('up', '-d', '--wait')
})
afterAll(() => project[Symbol.asyncDispose]())

async function ask(service: string, url: string): Promise<string> {
  return (await askFrom(project, service, url)).stdout.trim()
}

test('containers have the addresses of their networks, and the one that the file gives', async () => {
  const addresses = await project.succeed('exec', '-T', 'web', 'cat', '/proc/net/if_inet6')
  expect(addresses).toMatch(/^fd5c0077000000000000000000000077 \S+ 40 00 \S+ +lan0$/m)
  const single = await project.succeed('exec', '-T', 'single', 'cat', '/proc/net/if_inet6', '/proc/net/route')
  expect(single).toMatch(/^fd\w+ \S+ 40 00 \S+ +eth0$/m)
  expect(single).not.toMatch(/^eth0\t/m)
})

test('containers reach each other over IPv6, by address and by name', async () => {
  expect(await ask('peer', 'http://[fd5c:77::77]:8000')).toMatch(/ saw fd5c:77::/)
  expect(await ask('peer', 'http://single:8000')).toMatch(/ saw fd/)
  expect(await ask('single', 'http://[fd5c:77::77]:8000')).not.toMatch(/saw/)
})

test('a container that joins the network of another by its name has its addresses', async () => {
  const own = await project.succeed('exec', '-T', 'web', 'cat', '/proc/net/if_inet6')
  expect(await project.succeed('exec', '-T', 'side', 'cat', '/proc/net/if_inet6')).toBe(own)
})

test('up has nothing to do a second time', async () => {
  expect(await project.succeed('plan')).toMatch(/nothing to do|no changes/i)
})
