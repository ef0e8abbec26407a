import { once } from 'node:events'
import { setTimeout as delay } from 'node:timers/promises'
import { resultOf } from '../support/test-project.ts'
import { expectHonest } from './expect-honest.ts'
import { openSiege } from './open-siege.ts'
import { findProcess, type ResidentProcess } from './process-of-project.ts'
import type { Random } from './random.ts'
import type { Scenario } from './scenario.ts'
import type { SiegeProject } from './siege-project.ts'

/** SIGKILL to `up`, `down`, the keeper and the supervisor, at random moments. */
export const kills: readonly Scenario[] = [
  killScenario('up', (field, random) => killCommand(field, random, 'up')),
  killScenario('down', (field, random) => killCommand(field, random, 'down')),
  killScenario('keeper', (field, random) => killResident(field, random, 'keeper')),
  killScenario('supervisor', (field, random) => killResident(field, random, 'supervisor')),
]

/** A project that is down, and how long its commands currently take on this machine. */
interface Field {
  readonly project: SiegeProject
  readonly tookMs: Record<Work, number>
}

type Work = 'up' | 'down'

/** Kills a process of a project and returns what was killed; the project may then be in any state. */
type Blow = (field: Field, random: Random) => Promise<string>

const WORDS: Readonly<Record<Work, readonly string[]>> = { up: ['up', '-d'], down: ['down', '-v'] }

function killScenario(target: string, blow: Blow): Scenario {
  return {
    name: `kill-${target}`,
    promise: `after SIGKILL to ${target} at any moment, up and down finish the job`,
    shortRounds: 2,
    open: () =>
      openSiege(async project => {
        const tookMs = { up: await time(project, 'up'), down: await time(project, 'down') }
        const field = { project, tookMs }
        return {
          rounds: 100,
          play: async ({ random }) => {
            const outcome = await blow(field, random)
            if (random.below(4) > 0) await project.upWholly()
            await project.downWholly()
            return outcome
          },
        }
      }),
  }
}

async function time(project: SiegeProject, work: Work): Promise<number> {
  const started = performance.now()
  await project.run(WORDS[work])
  return performance.now() - started
}

async function killCommand({ project, tookMs }: Field, random: Random, work: Work): Promise<string> {
  if (work === 'down') await project.run(WORDS.up)
  const child = project.spawn(WORDS[work])
  const started = performance.now()
  const timer = setTimeout(() => child.kill('SIGKILL'), momentIn(tookMs[work], random))
  await once(child, 'exit')
  clearTimeout(timer)
  if (child.signalCode === 'SIGKILL') return 'killed'
  tookMs[work] = performance.now() - started
  return 'ended first'
}

const PHASES = ['up', 'rest', 'down'] as const

/** Kills a resident process while `up` or `down` runs, or while nothing does. */
async function killResident(
  { project, tookMs }: Field,
  random: Random,
  kind: ResidentProcess,
): Promise<string> {
  const during = random.pick(PHASES)
  if (during !== 'up') await project.run(WORDS.up)
  if (during === 'rest') return `at rest: ${killProcess(project, kind)}`
  let hasEnded = false
  const ended = resultOf(project.spawn(WORDS[during])).finally(() => {
    hasEnded = true
  })
  await delay(momentIn(tookMs[during], random))
  let outcome = killProcess(project, kind)
  for (; outcome === 'none there' && !hasEnded; outcome = killProcess(project, kind)) await delay(2)
  expectHonest(`tcompose ${during}`, await ended, { errors: LOST_RESIDENT })
  return `during ${during}: ${outcome}`
}

/** Errors that `up` and `down` may report if a resident process is killed while they run. */
const LOST_RESIDENT: readonly string[] = ['TC4007', 'TC4001', 'TC4003']

function killProcess(project: SiegeProject, kind: ResidentProcess): string {
  const pid = findProcess(project, kind)
  if (pid === undefined) return 'none there'
  process.kill(pid, 'SIGKILL')
  return 'killed'
}

/** A moment of work that takes `tookMs`, up to shortly after its end. */
function momentIn(tookMs: number, random: Random): number {
  return random.fraction() * tookMs * 1.1
}
