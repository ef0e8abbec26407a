import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { removeFirewall } from '../../src/engine/local/network/firewall.ts'
import { parseEventLine } from '../../src/engine/local/state/event-record.ts'
import { instanceTag } from '../../src/engine/local/state/layout.ts'
import { findKeeper } from '../../src/runtime/keeper/find-keeper.ts'
import { eventually } from '../support/eventually.ts'
import { processesWith } from '../support/processes-with.ts'
import { TestProject } from '../support/test-project.ts'

const service = (command: string, more = '') => `
    image: rootfs:/
    network_mode: none
    command: [sh, -c, '${command}']
    stop_signal: SIGKILL${more}
`

const run = (project: TestProject) => join(project.state, 'run')

/** Processes of Node that supervise the project. */
const supervisors = (project: TestProject) => processesWith(run(project))

async function rests(project: TestProject): Promise<void> {
  await eventually(async () => expect(supervisors(project)).toEqual([]))
}

const eventsOf = (project: TestProject, name: string) =>
  readFileSync(join(run(project), 'projects', name, 'events'), 'utf8')
    .split('\n')
    .flatMap(line => parseEventLine(line) ?? [])

const ps = async (project: TestProject, name: string) =>
  JSON.parse((await project.succeed('ps', '-a', name, '--format', 'json')).split('\n')[0] ?? '')

test('a project with nothing to decide has no process of Node, and a crash is restarted and told', async () => {
  await using project = new TestProject({
    compose: `
name: siesta
services:
  main:${service('echo up; exec sleep 600', '\n    restart: always')}
  other:${service('exec sleep 600')}
`,
  })
  await project.succeed('up', '-d')
  for (let round = 1; round <= 2; round++) {
    await rests(project)
    const killedAt = Date.now()
    await project.killMain('main')
    await eventually(async () =>
      expect((await project.succeed('logs', 'main')).match(/up/g)).toHaveLength(round + 1),
    )
    await eventually(async () => expect(await ps(project, 'main')).toMatchObject({ RestartCount: round }))
    const ends = eventsOf(project, 'siesta').filter(({ action }) => action === 'die')
    expect(ends.at(-1)).toMatchObject({ service: 'main', attributes: { exitCode: '137' } })
    expect(ends.at(-1)?.time).toBeGreaterThanOrEqual(killedAt)
  }
  const told = eventsOf(project, 'siesta').filter(({ action }) =>
    ['start', 'die', 'restart'].includes(action),
  )
  expect(told.filter(({ service: of }) => of === 'main').map(({ action }) => action)).toEqual([
    ...['start', 'die', 'restart', 'start'],
    ...['die', 'restart', 'start'],
  ])
  expect(told.filter(({ service: of }) => of === 'other').map(({ action }) => action)).toEqual(['start'])
})

test('commands work beside a supervisor that rests', async () => {
  await using project = new TestProject({
    compose: `
name: repose
services:
  main:${service('while :; do echo tick; sleep 0.2; done')}
`,
  })
  await project.succeed('up', '-d')
  await rests(project)
  expect(await project.succeed('exec', '-T', 'main', 'echo', 'here')).toBe('here\n')
  const follower = project.spawn(['logs', '-f', '-n', '0', 'main'])
  await new Promise(resolve => follower.stdout?.once('data', resolve))
  follower.kill('SIGINT')
  expect(await project.succeed('doctor')).toContain('the rules of every project are in place')

  await project.succeed('scale', 'main=2')
  await rests(project)
  expect((await project.succeed('ps', '-q')).trim().split('\n')).toHaveLength(2)
  await project.succeed('stop')
  await eventually(async () =>
    expect(eventsOf(project, 'repose').filter(({ action }) => action === 'die')).toHaveLength(2),
  )
  await project.succeed('up', '-d')
  await rests(project)
  await project.succeed('down')
  expect(supervisors(project)).toEqual([])
})

test('what ends while the supervisor is about to rest is restarted, and counted', async () => {
  const lives = ['2.9', '3.0', '3.1', '3.2']
  await using project = new TestProject({
    compose: `
name: doze
services:${lives
      .map((life, index) => `\n  s${index}:${service(`exec sleep ${life}`, '\n    restart: on-failure:9')}`)
      .join('')
      .replaceAll('exec sleep', 'sleep')
      .replaceAll(/(sleep [\d.]+)/g, '$1; exit 3')}
`,
  })
  await project.succeed('up', '-d')
  for (const index of lives.keys()) {
    await eventually(async () => {
      const { RestartCount } = await ps(project, `s${index}`)
      expect(RestartCount).toBeGreaterThanOrEqual(3)
    }, 30_000)
  }
  for (const index of lives.keys()) {
    const told = eventsOf(project, 'doze').filter(({ service: of }) => of === `s${index}`)
    const count = (action: string) => told.filter(event => event.action === action).length
    expect(count('start') - count('restart')).toBe(1)
  }
})

test('up starts what has died with its keeper while the supervisor rested', async () => {
  await using project = new TestProject({
    compose: `
name: nap
services:
  main:${service('exec sleep 600')}
`,
  })
  await project.succeed('up', '-d')
  await rests(project)
  const keeper = findKeeper(join(run(project), 'projects/nap/keeper.lock'))
  process.kill(keeper ?? 0, 'SIGKILL')
  await eventually(async () => expect((await ps(project, 'main')).State).not.toBe('running'))
  await project.succeed('up', '-d')
  expect((await ps(project, 'main')).State).toBe('running')
  await rests(project)
})

const bridged = (networks = '') => `
    image: rootfs:/
    command: [sleep, "600"]
    stop_signal: SIGKILL${networks}
`

/** Pids of the project's name servers. */
const nameServers = (project: TestProject, name: string) =>
  processesWith(join(run(project), 'projects', name)).filter(
    pid => readFileSync(`/proc/${pid}/comm`, 'utf8') === 'tc-names\n',
  )

/** What `of` sees of a name: addresses, or that there are none. */
async function addressesOf(project: TestProject, of: string, name: string): Promise<readonly string[]> {
  const { stdout } = await project.run(['exec', '-T', of, 'getent', 'ahostsv4', name])
  return [...new Set(stdout.split('\n').flatMap(line => line.split(/\s+/)[0] || []))]
}

test('a project whose networks are its own rests, and its names are answered and follow what happens', async () => {
  await using project = new TestProject({
    compose: `
name: slumber
services:
  main:${bridged()}
  other:${bridged()}
`,
  })
  await project.succeed('up', '-d')
  await rests(project)
  const [server] = nameServers(project, 'slumber')
  expect(nameServers(project, 'slumber')).toHaveLength(1)
  expect(await addressesOf(project, 'main', 'other')).toHaveLength(1)
  expect(await addressesOf(project, 'main', 'nothing.invalid')).toEqual([])
  expect(supervisors(project)).toEqual([])

  await project.succeed('stop', 'other')
  await eventually(async () => expect(await addressesOf(project, 'main', 'other')).toEqual([]))
  await rests(project)
  await project.succeed('start', 'other')
  await eventually(async () => expect(await addressesOf(project, 'main', 'other')).toHaveLength(1))
  await rests(project)
  await project.succeed('scale', 'other=3')
  await eventually(async () => expect(await addressesOf(project, 'main', 'other')).toHaveLength(3))
  await rests(project)
  expect(nameServers(project, 'slumber')).toEqual([server])

  process.kill(Number(server), 'SIGKILL')
  await eventually(async () => expect(nameServers(project, 'slumber')).toHaveLength(1))
  expect(nameServers(project, 'slumber')).not.toEqual([server])
  expect(await addressesOf(project, 'main', 'other')).toHaveLength(3)
  await rests(project)
  expect(await addressesOf(project, 'main', 'other')).toHaveLength(3)

  await project.succeed('down')
  expect(processesWith(join(run(project), 'projects', 'slumber'))).toEqual([])
  expect(existsSync(join(run(project), 'projects', 'slumber'))).toBe(false)
})

test('a project that rests learns of another one on its network, and that it has gone', async () => {
  await using project = new TestProject({
    compose: `
name: host
services:
  main:${bridged()}
`,
    files: {
      'guest.yaml': `
name: guest
services:
  visitor:${bridged('\n    networks: [host]')}
networks:
  host: { name: host_default, external: true }
`,
    },
  })
  const guest = (...args: readonly string[]) => project.succeed('-f', 'guest.yaml', ...args)
  await project.succeed('up', '-d')
  await rests(project)
  await guest('up', '-d')
  await eventually(async () => expect(await addressesOf(project, 'main', 'visitor')).toHaveLength(1))
  expect(await guest('exec', '-T', 'visitor', 'getent', 'ahostsv4', 'main')).toContain('main')
  await guest('stop')
  await eventually(async () => expect(await addressesOf(project, 'main', 'visitor')).toEqual([]))
  await guest('down')
  await rests(project)
  expect(await addressesOf(project, 'main', 'main')).toHaveLength(1)
})

test('the firewall of a project that rests is restored', async () => {
  await using project = new TestProject({
    compose: `
name: guarded
services:
  main:${bridged('\n    ports: ["127.0.0.1::80"]')}
`,
  })
  await project.succeed('up', '-d')
  await rests(project)
  removeFirewall({ tag: instanceTag({ data: '', run: run(project) }), project: 'guarded' })
  await eventually(async () =>
    expect(eventsOf(project, 'guarded').map(({ action }) => action)).toContain('firewall'),
  )
  await rests(project)
  expect(await project.succeed('plan')).toContain('Nothing to do')
  expect(await addressesOf(project, 'main', 'main')).toHaveLength(1)
})

test('a name server ends with the keeper', async () => {
  await using project = new TestProject({
    compose: `
name: widow
services:
  main:${bridged()}
`,
  })
  await project.succeed('up', '-d')
  await rests(project)
  expect(nameServers(project, 'widow')).toHaveLength(1)
  process.kill(findKeeper(join(run(project), 'projects/widow/keeper.lock')) ?? 0, 'SIGKILL')
  await eventually(async () => expect(nameServers(project, 'widow')).toEqual([]))
  await project.succeed('up', '-d')
  await eventually(async () => expect(await addressesOf(project, 'main', 'main')).toHaveLength(1))
})
