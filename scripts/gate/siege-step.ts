import { type Extent, playScenario, type SiegeResult } from '../../test/siege/play-scenario.ts'
import type { Scenario } from '../../test/siege/scenario.ts'
import type { Step, TestCount } from './step.ts'

/** A step with the rounds of a scenario: each is a test. */
export function siegeStep(scenario: Scenario, extent: Extent): Step {
  return {
    name: `siege: ${scenario.name}`,
    run: async () => {
      const reason = process.getuid?.() === 0 ? undefined : 'it needs root'
      if (reason !== undefined)
        return { passed: 0, failures: [], skipped: [{ title: `siege: ${scenario.name}`, reason }] }
      const result = await playScenario(scenario, extent)
      console.log(outcomeLine(result, extent))
      return countOf(result)
    },
  }
}

function outcomeLine({ name, outcomes, failures }: SiegeResult, { seed }: Extent): string {
  const counts = [...outcomes].toSorted().map(([outcome, count]) => `${count} ${outcome}`)
  return `${name} from seed ${seed}: ${[...counts, `${failures.length} failed`].join('; ')}`
}

function countOf({ name, outcomes, failures }: SiegeResult): TestCount {
  return {
    passed: [...outcomes.values()].reduce((sum, count) => sum + count, 0),
    failures: failures.map(
      ({ seed, reason }) => `npm run test:siege -- --only ${name} --seed ${seed} --rounds 1\n${reason}`,
    ),
    skipped: [],
  }
}
