import { readdirSync, readFileSync } from 'node:fs'
import { createInterface } from 'node:readline'
import { setTimeout as delay } from 'node:timers/promises'
import { openSiege } from './open-siege.ts'
import { findProcess } from './process-of-project.ts'
import type { Random } from './random.ts'
import type { Scenario } from './scenario.ts'
import type { SiegeProject } from './siege-project.ts'

/** Each run of a container numbers its lines from 1, behind a name of its own. */
const BEGIN = 'R=$$(cat /proc/sys/kernel/random/uuid); i=0'
const LINE = 'i=$$((i+1)); echo "$$R $$i"'
const LOGGING =
  'logging: { driver: json-file, options: { max-size: 256k, max-file: "100000", compress: "true" } }'

/** Kinds of services, how many of each, and what they are. */
const KINDS: Readonly<Record<string, { readonly count: number; readonly service: string }>> = {
  steady: {
    count: 10,
    service: `command: [sh, -c, '${BEGIN}; while :; do ${LINE}; sleep 0.2; done']`,
  },
  crashing: {
    count: 8,
    service: `command: [sh, -c, '${BEGIN}; while [ $$i -lt 200 ]; do ${LINE}; done; sleep $$((RANDOM % 5 + 1)); exit 3']
    restart: always`,
  },
  sick: {
    count: 5,
    service: `command: [sh, -c, '${BEGIN}; while :; do ${LINE}; touch /tmp/well; sleep 6; rm /tmp/well; sleep 4; done']
    x-on-unhealthy: restart
    healthcheck: { test: [CMD, test, -e, /tmp/well], interval: 1s, retries: 2 }`,
  },
  storm: {
    count: 3,
    service: `command: [sh, -c, '${BEGIN}; while :; do n=0; while [ $$n -lt 5000 ]; do n=$$((n+1)); ${LINE}; done; sleep 10; done']`,
  },
  scaled: {
    count: 4,
    service: `command: [sh, -c, '${BEGIN}; while :; do ${LINE}; sleep 0.5; done']`,
  },
}

const SERVICES = Object.entries(KINDS).flatMap(([kind, { count, service }]) =>
  Array.from({ length: count }, (_, index) => ({ name: `${kind}-${index + 1}`, kind, service })),
)

const COMPOSE = `services:
${SERVICES.map(({ name, service }) => `  ${name}:\n    image: rootfs:/\n    init: true\n    stop_grace_period: 1s\n    ${LOGGING}\n    ${service}`).join('\n')}
`

/** The logs of what is scaled down go with its container. */
const LOGGED = SERVICES.filter(({ kind }) => kind !== 'scaled')

/** Thirty services with crashes, unhealthy phases, restarts, changes of scale and storms of output, for some minutes. */
export const day: Scenario = {
  name: 'day',
  promise: 'what a day brings leaks nothing, grows nothing, leaves no zombie and loses no line',
  shortRounds: 0,
  isOptIn: true,
  open: ({ minutes }) =>
    openSiege(
      async project => ({
        rounds: 1,
        play: async ({ random }) => {
          await project.run(['up', '-d'])
          const residents = residentsOf(project)
          const memory = await liveThrough(project, { random, endsAt: Date.now() + minutes * 60_000 })
          if (residentsOf(project) !== residents)
            throw new Error('Cannot trust keeper and supervisor: one was replaced')
          await project.run(['stop'])
          const lines = await countLines(project)
          await project.downWholly()
          expectFlat(memory)
          return `${memoryText(memory)}; ${lines} lines`
        },
      }),
      ['siege'],
      { compose: COMPOSE },
    ),
}

/** Resident bytes of the two processes that outlive a command, at one moment. */
interface Sample {
  readonly keeper: number
  readonly supervisor: number
}

interface Day {
  readonly random: Random
  /** Milliseconds since the epoch. */
  readonly endsAt: number
}

async function liveThrough(project: SiegeProject, { random, endsAt }: Day): Promise<readonly Sample[]> {
  const samples: Sample[] = []
  while (Date.now() < endsAt) {
    await happen(project, random)
    await expectNoZombie(project)
    samples.push({
      keeper: residentBytes(project, 'keeper'),
      supervisor: residentBytes(project, 'supervisor'),
    })
    await delay(2000)
  }
  return samples
}

async function happen(project: SiegeProject, random: Random): Promise<void> {
  const { name, kind } = random.pick(SERVICES)
  if (kind === 'scaled') {
    await project.run([
      'up',
      '-d',
      '--no-recreate',
      '--no-deps',
      '--scale',
      `${name}=${1 + random.below(3)}`,
      name,
    ])
    return
  }
  const commands = [
    [['restart', name]],
    [
      ['stop', name],
      ['start', name],
    ],
    [['up', '-d', '--no-deps', '--force-recreate', name]],
    [['exec', '-T', 'steady-1', 'true']],
    [['ps', '-a']],
  ] as const
  for (const args of random.pick(commands)) await project.run(args)
}

/** One that is there twice, half a second apart, has nobody who takes its end. */
async function expectNoZombie(project: SiegeProject): Promise<void> {
  const before = zombiesOf(project)
  if (before.length === 0) return
  await delay(500)
  const left = zombiesOf(project).filter(pid => before.includes(pid))
  if (left.length > 0) throw new Error(`Cannot trust the keeper: processes ${left} are zombies`)
}

function zombiesOf(project: SiegeProject): readonly string[] {
  const parents = [requireProcess(project, 'keeper'), requireProcess(project, 'supervisor')].map(String)
  return readdirSync('/proc').filter(name => /^\d+$/.test(name) && isZombieOf(name, parents))
}

function isZombieOf(pid: string, parents: readonly string[]): boolean {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1')
    const [state, parent = ''] = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    return state === 'Z' && parents.includes(parent)
  } catch {
    return false
  }
}

function residentBytes(project: SiegeProject, kind: 'keeper' | 'supervisor'): number {
  const status = readFileSync(`/proc/${requireProcess(project, kind)}/status`, 'latin1')
  return Number(/VmRSS:\s+(\d+)/.exec(status)?.[1]) * 1024
}

function residentsOf(project: SiegeProject): string {
  return `${requireProcess(project, 'keeper')} ${requireProcess(project, 'supervisor')}`
}

function requireProcess(project: SiegeProject, kind: 'keeper' | 'supervisor'): number {
  const pid = findProcess(project, kind)
  if (pid === undefined) {
    const { runDir, keeperLog } = project.layout()
    const log = [keeperLog, `${runDir}/supervisor.log`].map(path => readFileSync(path, 'utf8')).join('\n')
    throw new Error(`Cannot find the ${kind}: it does not run\n${log}`)
  }
  return pid
}

/** Returns how many lines the logs have; throws for a run of which one is missing, out of place or there twice. */
async function countLines(project: SiegeProject): Promise<number> {
  let count = 0
  for (const { name } of LOGGED) {
    const last = new Map<string, number>()
    const child = project.spawn(['logs', '--no-log-prefix', '--no-color', name])
    child.stderr?.resume()
    if (child.stdout === null) throw new Error('Cannot read logs: they have no output')
    for await (const line of createInterface({ input: child.stdout })) {
      const [run = '', number = ''] = line.split(' ')
      const expected = (last.get(run) ?? 0) + 1
      if (Number(number) !== expected)
        throw new Error(`Cannot trust the log of ${name}: "${line}" is there, expected number ${expected}`)
      last.set(run, expected)
      count += 1
    }
  }
  return count
}

/** Growth that is no leak: of tables that have reached the size that they need, and of what Node has not collected yet. */
const ALLOWED = { keeper: 512 * 1024, supervisor: 12 * 2 ** 20 } as const

function expectFlat(samples: readonly Sample[]): void {
  for (const kind of ['keeper', 'supervisor'] as const) {
    const { early, late } = growthOf(samples, kind)
    if (late > early + ALLOWED[kind])
      throw new Error(
        `Cannot trust the ${kind}: it had ${megabytes(early)} early and ${megabytes(late)} late`,
      )
  }
}

/** Medians of the second and of the last fifth: the first one is about starting. */
function growthOf(
  samples: readonly Sample[],
  kind: keyof Sample,
): { readonly early: number; readonly late: number } {
  const fifth = Math.max(1, Math.floor(samples.length / 5))
  const median = (some: readonly Sample[]): number =>
    some.map(sample => sample[kind]).toSorted((a, b) => a - b)[Math.floor(some.length / 2)] ?? 0
  return { early: median(samples.slice(fifth, 2 * fifth + 1)), late: median(samples.slice(-fifth)) }
}

function memoryText(samples: readonly Sample[]): string {
  return (['keeper', 'supervisor'] as const)
    .map(kind => {
      const { early, late } = growthOf(samples, kind)
      return `${kind} ${megabytes(early)} then ${megabytes(late)}`
    })
    .join(', ')
}

function megabytes(bytes: number): string {
  return `${(bytes / 2 ** 20).toFixed(1)} MB`
}
