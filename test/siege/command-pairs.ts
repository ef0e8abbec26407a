import { setTimeout as delay } from 'node:timers/promises'
import { openSiege } from './open-siege.ts'
import { caseOf } from './random.ts'
import type { Scenario } from './scenario.ts'
import type { SiegeProject } from './siege-project.ts'

const COMMANDS: ReadonlyArray<readonly string[]> = [
  ['up', '-d'],
  ['down'],
  ['scale', 'lone=2'],
  ['run', '--rm', '-T', 'lone', 'true'],
  ['restart'],
  ['stop'],
  ['start'],
  ['pause'],
  ['cp', 'web:/etc/hostname', 'hostname'],
  ['exec', '-T', 'web', 'true'],
]

/** Each pair meets so often in the full form. */
const MEETINGS = 50

/** What another command may have done to what this one needs: removed it, stopped it, paused it. */
const EXPLAINED: Readonly<Record<string, readonly string[]>> = {
  restart: ['TC4004'],
  start: ['TC4004'],
  pause: ['TC4004', 'TC4012'],
  scale: ['TC4004'],
  cp: ['TC4004', 'TC4013', 'TC4012'],
  exec: ['TC4004', 'TC4012', 'TC4001', 'TC4007'],
}

/** Every two of the commands that change or enter containers, at once on one project. */
export const commandPairs: Scenario = {
  name: 'command-pairs',
  promise: 'any two commands that run at once on one project both do their work, or say what the other did',
  shortRounds: 2,
  isOptIn: true,
  open: () =>
    openSiege(async project => ({
      rounds: MEETINGS * PAIRS.length,
      play: async ({ seed, random }) => {
        const pair = caseOf(PAIRS, seed)
        const lagMs = random.below(300)
        try {
          if (random.below(4) > 0) await project.run(['up', '-d'])
          const ended = await Promise.allSettled([
            race(project, pair[0]),
            delay(lagMs).then(() => race(project, pair[1])),
          ])
          const faults = ended.flatMap(each => (each.status === 'rejected' ? [String(each.reason)] : []))
          if (faults.length > 0) throw new Error(faults.join('\n'))
          await project.unpause()
          await project.upWholly()
          await project.downWholly()
        } catch (error) {
          throw new Error(
            `${pair[0].join(' ')} with ${pair[1].join(' ')} ${lagMs} ms later: ${messageOf(error)}`,
          )
        }
        return 'met'
      },
    })),
}

type Pair = readonly [readonly string[], readonly string[]]

const PAIRS: readonly Pair[] = COMMANDS.flatMap((first, index) =>
  COMMANDS.slice(index).map((second): Pair => [first, second]),
)

async function race(project: SiegeProject, args: readonly string[]): Promise<void> {
  await project.run(args, {
    errors: EXPLAINED[args[0] ?? ''] ?? [],
    ...(args[0] === 'exec' && { exitCodes: [137] }),
  })
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
