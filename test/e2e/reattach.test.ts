import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { killedAfter } from '../support/killed-after.ts'
import { resultOf, TestProject } from '../support/test-project.ts'

const SLEEPER = `{ image: "rootfs:/", command: [sleep, "600"], stop_signal: SIGKILL`

/** Returns the file of a project whose service `web` has what `web` says. */
function composeOf(web: string, networks = 'front: {}, back: {}, six: { enable_ipv6: true }'): string {
  return `
name: moves
services:
  web: ${SLEEPER}, ${web} }
  db: ${SLEEPER}, networks: [back, six] }
  page: ${SLEEPER}, networks: [front] }
networks: { ${networks} }
`
}

const ON_FRONT = composeOf('networks: [front]')

let project: TestProject
beforeAll(() => {
  project = new TestProject({ compose: ON_FRONT })
})
afterAll(() => project[Symbol.asyncDispose]())

/** Brings the project to what `compose` says, and returns the lines of the plan about containers. */
async function change(compose: string): Promise<readonly string[]> {
  project.write('compose.yaml', compose)
  const plan: { steps: { action: { kind: string; name?: string }; cause: string }[] } = JSON.parse(
    await project.succeed('plan', '--json'),
  )
  await project.succeed('up', '-d')
  expect((await project.run(['plan', '--detailed-exitcode'])).exitCode).toBe(0)
  return plan.steps.flatMap(({ action, cause }) =>
    action.name?.startsWith('moves-') ? [`${action.kind} ${action.name}: ${cause}`] : [],
  )
}

/** Returns what tells a process apart from every other: its pid and when it began. */
async function processOf(container = 'moves-web-1'): Promise<string> {
  const rows = (await project.succeed('ps', '--format', 'json')).trim().split('\n')
  const { ID: id } = rows.map(row => JSON.parse(row)).find(row => row.Name === container)
  const folder = join(project.state, 'run/projects/moves/containers')
  const name = readdirSync(folder).find(each => each.startsWith(id))
  return readFileSync(join(folder, name ?? '', 'pid'), 'utf8')
}

async function inside(script: string, service = 'web'): Promise<string> {
  const { stdout } = await project.run(['exec', '-T', service, 'sh', '-c', script])
  return stdout.trim()
}

const CONNECT = `require("net").connect({ host: process.argv[1], port: 9, timeout: 2000 }).on("error", e => console.log(e.code)).on("timeout", function () { console.log("silence"); this.destroy() })`

/** Returns what becomes of a connection to a port that nobody listens on: whoever refuses it was reached. */
function reach(address: string): Promise<string> {
  return inside(`node -e '${CONNECT}' ${address}`)
}

function addressOf(name: string, service = 'web'): Promise<string> {
  return inside(`getent ahostsv4 ${name} | awk '{print $1; exit}'`, service)
}

test('a running container joins a network and leaves another, and its process never notices', async () => {
  await project.succeed('up', '-d')
  const process = await processOf()
  expect(await addressOf('db')).toBe('')

  expect(await change(composeOf('networks: [front, back]'))).toEqual([
    'reattach-container moves-web-1: networks.back was added',
  ])
  expect(await processOf()).toBe(process)
  const db = await addressOf('db')
  expect(await reach(db)).toBe('ECONNREFUSED')
  expect(await addressOf('web', 'db')).toBe(await addressOf('moves-web-1.moves_back'))
  const own = await inside('hostname -I')
  expect(own.split(' ').length).toBe(2)
  for (const address of own.split(' ')) expect(await inside('cat /etc/hosts')).toContain(`${address}\t`)

  expect(await change(composeOf('networks: [back]'))).toEqual([
    'reattach-container moves-web-1: networks.front was removed',
  ])
  expect(await processOf()).toBe(process)
  expect([await addressOf('page'), await addressOf('web', 'page')]).toEqual(['', ''])
  expect((await inside('hostname -I')).split(' ').length).toBe(1)
  expect(await reach(await addressOf('db'))).toBe('ECONNREFUSED')
  expect(await inside('ip -4 route show default | wc -l')).toBe('1')
})

test('aliases, addresses and gateways of a running container change alone, and IPv6 comes with its network', async () => {
  await change(ON_FRONT)
  const process = await processOf()
  const address = await addressOf('web', 'page')
  expect(await change(composeOf('networks: { front: { aliases: [shop] } }'))).toEqual([
    'reattach-container moves-web-1: networks.front changed',
  ])
  expect([await addressOf('shop', 'page'), await addressOf('web', 'page')]).toEqual([address, address])

  const pinned = address.replace(/\d+$/, '77')
  const subnet = address.replace(/\d+$/, '0/24')
  const front = `front: { ipam: { config: [{ subnet: ${subnet} }] } }, back: {}, six: { enable_ipv6: true }`
  await change(composeOf('networks: [front]', front))
  expect(await change(composeOf(`networks: { front: { ipv4_address: ${pinned} } }`, front))).toEqual([
    'disconnect-container moves-web-1: networks.front changed',
    'reattach-container moves-web-1: networks.front changed',
  ])
  expect([await addressOf('web', 'page'), await inside('hostname -I')]).toEqual([pinned, pinned])

  const gateway = () => inside(`ip -4 route show default | awk '{print $5}'`)
  await change(composeOf(`networks: { front: { ipv4_address: ${pinned} }, six: {} }`, front))
  const before = await gateway()
  const preferred = before === 'eth0' ? 'six' : 'front'
  const priority = (network: string): string => (network === preferred ? 'gw_priority: 5' : 'gw_priority: 0')
  await change(
    composeOf(
      `networks: { front: { ipv4_address: ${pinned}, ${priority('front')} }, six: { ${priority('six')} } }`,
      front,
    ),
  )
  expect(await gateway()).not.toBe(before)
  const six = await inside(`getent ahostsv6 db | awk '{print $1; exit}'`)
  expect(six).toMatch(/^fd/)
  expect(await reach(six)).toBe('ECONNREFUSED')
  expect(await processOf()).toBe(process)
})

test('a network that is made anew takes no container down', async () => {
  await change(composeOf('networks: [front, back]'))
  const processes = [await processOf(), await processOf('moves-page-1')]
  const mtu =
    'front: { driver_opts: { com.docker.network.driver.mtu: "1400" } }, back: {}, six: { enable_ipv6: true }'
  expect(await change(composeOf('networks: [front, back]', mtu))).toEqual([
    'disconnect-container moves-page-1: network front changed',
    'disconnect-container moves-web-1: network front changed',
    'reattach-container moves-page-1: network front changed',
    'reattach-container moves-web-1: network front changed',
  ])
  expect([await processOf(), await processOf('moves-page-1')]).toEqual(processes)
  expect(await reach(await addressOf('page'))).toBe('ECONNREFUSED')
  expect(await inside('cat /sys/class/net/*/mtu | sort | head -1')).toBe('1400')
})

test('connections on a network that stays go on while others come and go', async () => {
  await change(ON_FRONT)
  const serve = `require("http").createServer((_, response) => response.end("here")).listen(8000)`
  await inside(
    `node -e '${serve}' >/dev/null 2>&1 & until node -e 'require("net").connect(8000).on("connect", () => process.exit(0)).on("error", () => process.exit(1))'; do :; done`,
  )
  // One connection, on which a request follows another until it is told to end.
  const client = `
    const http = require("http"), agent = new http.Agent({ keepAlive: true, maxSockets: 1 }), ports = new Set()
    let answered = 0, failed = 0, left = false
    process.stdin.on("data", () => { left = true })
    const next = () => {
      if (left) { console.log(JSON.stringify({ answered: answered > 0, failed, connections: ports.size })); process.exit() }
      const request = http.get({ host: "web", port: 8000, agent }, response => {
        ports.add(request.socket.localPort)
        response.resume().on("end", () => { answered++; setTimeout(next, 10) })
      }).on("error", () => { failed++; setTimeout(next, 10) })
    }
    next()`
  const page = project.spawn(['exec', '-T', 'page', 'node', '-e', client])
  const told = resultOf(page)
  await change(composeOf('networks: { front: {}, six: { gw_priority: 9 } }'))
  await change(ON_FRONT)
  page.stdin?.end('enough')
  expect(JSON.parse((await told).stdout)).toEqual({ answered: true, failed: 0, connections: 1 })
})

test('published ports follow, all replicas move, and a new start has the same networks', async () => {
  const web = (networks: string): string => `networks: ${networks}, ports: ["127.0.0.1::8000"], scale: 3`
  await change(composeOf(web('[front]')))
  await change(composeOf(web('[back]')))
  const serve = `node -e "require('http').createServer((q, s) => s.end('here')).listen(8000)" >/dev/null 2>&1 &`
  await inside(`${serve} sleep 1`)
  const [row] = (await project.succeed('ps', 'web', '--format', 'json')).trim().split('\n')
  const { PublishedPort } = JSON.parse(row ?? '').Publishers[0]
  expect(await (await fetch(`http://127.0.0.1:${PublishedPort}`)).text()).toBe('here')
  const all = await inside(`getent ahostsv4 web | awk '{print $1}' | sort -u | wc -l`, 'db')
  expect(all).toBe('3')
  await project.succeed('restart', '-t', '0', 'web')
  expect([await addressOf('web', 'page'), (await inside('hostname -I')).split(' ').length]).toEqual(['', 1])
})

test('a change of networks that is killed after any step is completed by the next up', {
  timeout: 300_000,
}, async () => {
  const changed = composeOf(
    'networks: [back, six]',
    'front: { driver_opts: { com.docker.network.driver.mtu: "1300" } }, back: {}, six: { enable_ipv6: true }',
  )
  for (let steps = 0, finished = 0; finished >= steps; steps += 1) {
    await change(composeOf('networks: [front]'))
    const process = await processOf()
    project.write('compose.yaml', changed)
    finished = await killedAfter(project, ['up', '-d'], steps)
    await project.succeed('up', '-d')
    expect((await project.run(['plan', '--detailed-exitcode'])).exitCode, `after step ${steps}`).toBe(0)
    expect(await processOf(), `after step ${steps}`).toBe(process)
    expect(await inside(`ls /sys/class/net | grep -c eth`)).toBe('2')
    expect(await reach(await addressOf('db'))).toBe('ECONNREFUSED')
    expect(await addressOf('page')).toBe('')
  }
})
