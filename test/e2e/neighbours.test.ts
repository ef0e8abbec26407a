import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { addNeighbours, type Neighbour } from '../support/lan-neighbours.ts'
import { TestProject } from '../support/test-project.ts'

const SERVER = `require("net").createServer(s => s.on("error", () => {}).end("web saw " + s.remoteAddress.replace("::ffff:", ""))).listen(8000)`

const COMPOSE = `
name: street
x-server: &server
  image: rootfs:/
  command: [node, -e, '${SERVER}']
  stop_signal: SIGKILL
  environment: [PATH]
services:
  web:
    <<: *server
    networks: [both]
    ports: ["8000", "127.0.0.1::8000", "[::1]::8000"]
  vault:
    <<: *server
    networks: [closed]
    ports: ["8000"]
networks:
  both: { enable_ipv6: true }
  closed: { internal: true, enable_ipv6: true }
`

const FAMILIES = ['ipv4', 'ipv6'] as const
const SOON_MS = 700

const stack = new AsyncDisposableStack()
let project: TestProject
let neighbours: readonly Neighbour[]
let ports: readonly { readonly URL: string; readonly PublishedPort: number }[]
beforeAll(async () => {
  project = stack.use(new TestProject({ compose: COMPOSE }))
  await project.succeed('up', '-d')
  ports = JSON.parse(await project.succeed('ps', 'web', '--format', 'json')).Publishers
  neighbours = stack.use(await addNeighbours(3)).all
  await project.succeed(
    'exec',
    '-T',
    'web',
    'sh',
    '-c',
    'until node -e \'require("net").connect(8000).on("connect", () => process.exit(0)).on("error", () => process.exit(1))\'; do :; done',
  )
}, 60_000)
afterAll(() => stack.disposeAsync())

function portOn(address: string): number {
  return ports.find(({ URL }) => URL === address)?.PublishedPort ?? 0
}

async function addressOf(service: string, family: (typeof FAMILIES)[number]): Promise<string> {
  const kind = family === 'ipv4' ? 'ahostsv4' : 'ahostsv6'
  return (await project.succeed('exec', '-T', service, 'getent', kind, service)).split(' ')[0] ?? ''
}

describe.each(FAMILIES)('three neighbours on the LAN, over %s', family => {
  const askAll = (address: (neighbour: Neighbour) => string, port: number): Promise<readonly string[]> =>
    Promise.all(
      neighbours.map(neighbour =>
        neighbour.agent.ask({ protocol: 'tcp', address: address(neighbour), port, timeoutMs: SOON_MS * 10 }),
      ),
    )

  test('reach published ports, and are seen with their own addresses', async () => {
    const port = portOn(family === 'ipv4' ? '0.0.0.0' : '::')
    const answers = await askAll(({ host }) => host[family], port)
    expect(answers).toEqual(neighbours.map(({ own }) => `web saw ${own[family]}`))
    // Every address of the host will do.
    const [first] = neighbours
    for (const answer of await askAll(() => first?.host[family] ?? '', port))
      expect(answer).toContain('web saw ')
  })

  test('reach neither containers at their own addresses, nor ports for this machine alone, nor internal ones', async () => {
    const quiet = async (neighbour: Neighbour, address: string, port: number): Promise<void> => {
      const answer = await neighbour.agent.ask({ protocol: 'tcp', address, port, timeoutMs: SOON_MS })
      expect(answer, `${address}:${port}`).not.toContain('saw')
    }
    const [web, vault] = [await addressOf('web', family), await addressOf('vault', family)]
    const local = family === 'ipv4' ? '127.0.0.1' : '::1'
    const { Publishers } = JSON.parse(await project.succeed('ps', 'vault', '--format', 'json'))
    await Promise.all(
      neighbours.map(async neighbour => {
        await quiet(neighbour, web, 8000)
        await quiet(neighbour, vault, 8000)
        await quiet(neighbour, neighbour.host[family], portOn(local))
        for (const { PublishedPort } of Publishers)
          await quiet(neighbour, neighbour.host[family], PublishedPort)
      }),
    )
  })

  test('are reached by containers with a way out, as by the host', async () => {
    const ask = (service: string, address: string) =>
      project.run([
        'exec',
        '-T',
        service,
        'node',
        '-e',
        `require("net").connect({ host: "${address}", port: 9000, timeout: ${SOON_MS} }).on("data", d => process.stdout.write(d)).on("timeout", () => process.exit(1)).on("error", () => process.exit(1))`,
      ])
    await Promise.all(
      neighbours.map(async ({ agent, own, host }) => {
        await agent.listen(own[family], 9000)
        expect((await ask('web', own[family])).stdout).toContain(`saw ${host[family]}`)
        expect((await ask('vault', own[family])).stdout).toBe('')
      }),
    )
  })
})
