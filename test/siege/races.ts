import { setTimeout as delay } from 'node:timers/promises'
import { openSiege } from './open-siege.ts'
import type { Random } from './random.ts'
import type { Scenario } from './scenario.ts'
import type { SiegeProject } from './siege-project.ts'

const NAMES = ['red', 'green', 'blue'] as const

/** Commands that may meet on one project. */
const COMMANDS = [
  ['up', '-d'],
  ['up', '-d', '--force-recreate'],
  ['down'],
  ['stop'],
  ['restart'],
  ['kill'],
  ['ps', '-a'],
] as const

/** Two commands on each of several projects of one engine, all at once. */
export const races: Scenario = {
  name: 'races',
  promise: 'commands that run at once on one project, beside those of other projects, all do their work',
  shortRounds: 2,
  open: () =>
    openSiege(
      async project => ({
        rounds: 240 / NAMES.length,
        play: async ({ random }) => {
          const pairs = NAMES.map(name => ({ name, ...pairOf(random) }))
          await Promise.all(pairs.map(pair => race(project, pair)))
          await Promise.all(NAMES.map(name => project.upWholly(name)))
          if (random.below(3) === 0) await project.downWholly()
          return `${NAMES.length} races at once`
        },
      }),
      NAMES,
    ),
}

/** The other command may have left no container to restart. */
function explained([command]: readonly string[]): readonly string[] {
  return command === 'restart' ? ['TC4004'] : []
}

interface Pair {
  readonly first: readonly string[]
  readonly second: readonly string[]
  /** How much later the second command starts. */
  readonly lagMs: number
}

function pairOf(random: Random): Pair {
  return { first: random.pick(COMMANDS), second: random.pick(COMMANDS), lagMs: random.below(300) }
}

async function race(
  project: SiegeProject,
  { name, first, second, lagMs }: Pair & { readonly name: string },
): Promise<void> {
  const results = await Promise.allSettled([
    project.run(first, { name, errors: explained(first) }),
    delay(lagMs).then(() => project.run(second, { name, errors: explained(second) })),
  ])
  const faults = results.flatMap(result => (result.status === 'rejected' ? [String(result.reason)] : []))
  if (faults.length > 0)
    throw new Error(`${first.join(' ')} with ${second.join(' ')} ${lagMs} ms later: ${faults.join('\n')}`)
}
