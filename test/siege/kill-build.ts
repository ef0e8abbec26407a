import { FaultBench } from '../support/build-fault/fault-bench.ts'
import { measureBuild, SEVEN_STEPS, surviveKill } from '../support/build-fault/killed-build.ts'
import type { Scenario } from './scenario.ts'

/** SIGKILL to `build`, after each event that it reports and at random moments. */
export const killBuild: Scenario = {
  name: 'kill-build',
  promise: 'after SIGKILL to build at any moment, the next build makes the same files and leaves nothing',
  shortRounds: 2,
  open: async () => {
    const bench = await FaultBench.open(SEVEN_STEPS)
    const { events, tookMs } = await measureBuild(bench)
    const { tree } = await bench.describe()
    return {
      rounds: 4 * events,
      play: async ({ seed, random }) => {
        const point =
          random.below(2) === 0
            ? ({ kind: 'event', count: 1 + random.below(events) } as const)
            : ({ kind: 'time', afterMs: tookMs * random.fraction() } as const)
        const wasKilled = await surviveKill(bench, { point, round: `${seed}`, tree })
        await bench.expectAllCollected()
        return wasKilled ? 'killed' : 'ended first'
      },
      [Symbol.asyncDispose]: () => bench[Symbol.asyncDispose](),
    }
  },
}
