import { expect, test } from 'vitest'
import { siegeStep } from '../../../scripts/gate/siege-step.ts'
import type { Scenario } from '../../siege/scenario.ts'

const scenario: Scenario = {
  name: 'sample',
  promise: 'none',
  shortRounds: 3,
  open: async () => ({
    rounds: 9,
    play: async ({ seed }) => {
      if (seed === 8) throw new Error('it broke')
      return 'went well'
    },
    [Symbol.asyncDispose]: async () => {},
  }),
}

test('siegeStep() counts rounds, and a failure names the command that replays it', async ({ skip }) => {
  if (process.getuid?.() !== 0) return skip('it needs root')
  const { name, run } = siegeStep(scenario, { seed: 7, rounds: 'short' })
  expect(name).toBe('siege: sample')
  expect(await run()).toEqual({
    passed: 2,
    failures: ['npm run test:siege -- --only sample --seed 8 --rounds 1\nit broke'],
    skipped: [],
  })
})
