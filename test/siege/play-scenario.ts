import { Random } from './random.ts'
import type { Scenario, Siege } from './scenario.ts'

/** How much of a scenario to play. Round `n` has the seed `seed + n`. */
export interface Extent {
  /** Seed of the first round. */
  readonly seed: number
  /** Rounds to play: those of the full form, those of the short form, or a number of them. */
  readonly rounds: 'full' | 'short' | number
}

/** What became of the rounds of a scenario. */
export interface SiegeResult {
  readonly name: string
  /** How often each outcome was seen. */
  readonly outcomes: ReadonlyMap<string, number>
  readonly failures: readonly SiegeFailure[]
}

/** A round with a fault, or a leak that showed at the end. */
export interface SiegeFailure {
  readonly seed: number
  readonly reason: string
}

/** Plays the rounds of a scenario one after the other. A round that fails leaves nothing for the next one. */
export async function playScenario(scenario: Scenario, { seed, rounds }: Extent): Promise<SiegeResult> {
  const outcomes = new Map<string, number>()
  const failures: SiegeFailure[] = []
  let siege: Siege | undefined = await scenario.open()
  const last = seed + countOf(rounds, { short: scenario.shortRounds, full: siege.rounds }) - 1
  for (let current = seed; current <= last; current += 1) {
    siege ??= await scenario.open()
    const outcome = await playRound(siege, current)
    if (outcome.kind === 'passed') outcomes.set(outcome.text, (outcomes.get(outcome.text) ?? 0) + 1)
    else failures.push({ seed: current, reason: outcome.reason })
    if (outcome.kind === 'passed' && current < last) continue
    const leak = await closeSiege(siege)
    siege = undefined
    if (leak !== undefined) failures.push({ seed: current, reason: leak })
  }
  return { name: scenario.name, outcomes, failures }
}

function countOf(
  rounds: Extent['rounds'],
  { short, full }: { readonly short: number; readonly full: number },
): number {
  if (rounds === 'full') return full
  return rounds === 'short' ? Math.min(short, full) : rounds
}

type Outcome =
  | { readonly kind: 'passed'; readonly text: string }
  | { readonly kind: 'failed'; readonly reason: string }

async function playRound(siege: Siege, seed: number): Promise<Outcome> {
  try {
    return { kind: 'passed', text: await siege.play({ seed, random: new Random(seed) }) }
  } catch (error) {
    return { kind: 'failed', reason: messageOf(error) }
  }
}

async function closeSiege(siege: Siege): Promise<string | undefined> {
  try {
    await siege[Symbol.asyncDispose]()
    return undefined
  } catch (error) {
    return messageOf(error)
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
