import { DAMAGES, MOUNTING_STEPS, surviveDamage } from '../support/build-fault/damaged-build.ts'
import { FaultBench } from '../support/build-fault/fault-bench.ts'
import type { Scenario } from './scenario.ts'

/** Half of the records of builds, steps and layers are damaged. */
export const damagedBuilds: Scenario = {
  name: 'damaged-builds',
  promise: 'whatever builds keep is damaged, the next ones make the right files',
  shortRounds: 2,
  open: async () => {
    const bench = await FaultBench.open(MOUNTING_STEPS)
    await bench.mustBuild()
    const { tree } = await bench.describe()
    return {
      rounds: 80,
      play: async ({ random }) => {
        const damage = random.pick(DAMAGES)
        await surviveDamage(bench, { damage, random, tree })
        return damage
      },
      [Symbol.asyncDispose]: () => bench[Symbol.asyncDispose](),
    }
  },
}
