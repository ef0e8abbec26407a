import { describe, expect, test } from 'vitest'
import { playScenario } from './play-scenario.ts'
import type { Round, Scenario } from './scenario.ts'

/** A scenario whose rounds with an odd seed fail, and a log of what was done with it. */
function oddFails(log: string[], leak?: string): Scenario {
  return {
    name: 'odd',
    promise: 'none',
    shortRounds: 2,
    open: async () => {
      log.push('open')
      return {
        rounds: 5,
        play: async ({ seed, random }: Round) => {
          log.push(`play ${seed}`)
          if (seed % 2 === 1) throw new Error(`odd ${seed}`)
          return random.below(1) === 0 ? 'even' : 'impossible'
        },
        [Symbol.asyncDispose]: async () => {
          log.push('close')
          if (leak !== undefined) throw new Error(leak)
        },
      }
    },
  }
}

describe('playScenario()', () => {
  test('replaces the siege after a failed round, and continues with another', async () => {
    const log: string[] = []
    const result = await playScenario(oddFails(log), { seed: 10, rounds: 4 })
    const second = ['open', 'play 12', 'play 13', 'close']
    expect(log).toEqual(['open', 'play 10', 'play 11', 'close', ...second])
    expect([...result.outcomes]).toEqual([['even', 2]])
    expect(result.failures).toEqual([
      { seed: 11, reason: 'odd 11' },
      { seed: 13, reason: 'odd 13' },
    ])
  })

  test('counts a fault found at the end as a failure of the last round', async () => {
    const result = await playScenario(oddFails([], 'a leak'), { seed: 2, rounds: 1 })
    expect(result.failures).toEqual([{ seed: 2, reason: 'a leak' }])
  })

  test('closes the siege after the round in which it is interrupted', async () => {
    const log: string[] = []
    const interrupted = new AbortController()
    const scenario = oddFails(log)
    const open = async () => {
      const siege = await scenario.open({ minutes: 1 })
      return {
        ...siege,
        play: (round: Round) => {
          if (round.seed === 4) interrupted.abort()
          return siege.play({ ...round, seed: 2 * round.seed })
        },
      }
    }
    await playScenario({ ...scenario, open }, { seed: 3, rounds: 9, signal: interrupted.signal })
    expect(log).toEqual(['open', 'play 6', 'play 8', 'close'])
  })

  for (const { rounds, seeds } of [
    { rounds: 'full', seeds: [0, 1, 2, 3, 4] },
    { rounds: 'short', seeds: [0, 1] },
    { rounds: 3, seeds: [0, 1, 2] },
  ] as const) {
    test(`plays ${rounds} rounds`, async () => {
      const log: string[] = []
      await playScenario(oddFails(log), { seed: 0, rounds })
      expect(log.filter(line => line.startsWith('play'))).toEqual(seeds.map(seed => `play ${seed}`))
    })
  }
})
