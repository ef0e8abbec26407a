import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { Random } from './random.ts'
import type { Scenario, Siege, SiegeSettings } from './scenario.ts'

/** How much of a scenario to play. Round `n` has the seed `seed + n`. */
export interface Extent extends Partial<SiegeSettings> {
  /** Seed of the first round. */
  readonly seed: number
  /** Rounds to play: those of the full form, those of the short form, or a number. */
  readonly rounds: 'full' | 'short' | number
  /** Stops after the current round. */
  readonly signal?: AbortSignal
}

/** The results of the rounds of a scenario. */
export interface SiegeResult {
  readonly name: string
  /** How often each outcome was seen. */
  readonly outcomes: ReadonlyMap<string, number>
  readonly failures: readonly SiegeFailure[]
}

/** A round with a fault, or a leak that was found at the end. */
export interface SiegeFailure {
  readonly seed: number
  readonly reason: string
}

export const DEFAULT_MINUTES = 20

/** Plays the rounds of a scenario one after the other. A round that fails leaves nothing for the next one. */
export async function playScenario(
  scenario: Scenario,
  { seed, rounds, signal, minutes = DEFAULT_MINUTES }: Extent,
): Promise<SiegeResult> {
  const outcomes = new Map<string, number>()
  const failures: SiegeFailure[] = []
  // For the first child process Node opens descriptors that it keeps; these are no leak.
  await once(spawn('true'), 'exit')
  let siege: Siege | undefined = await scenario.open({ minutes })
  const last = seed + countOf(rounds, { short: scenario.shortRounds, full: siege.rounds }) - 1
  for (let current = seed; current <= last && !signal?.aborted; current += 1) {
    siege ??= await scenario.open({ minutes })
    const outcome = await playRound(siege, current)
    if (outcome.kind === 'passed') {
      outcomes.set(outcome.text, (outcomes.get(outcome.text) ?? 0) + 1)
      continue
    }
    failures.push({ seed: current, reason: outcome.reason }, ...(await closeSiege(siege, current)))
    siege = undefined
  }
  if (siege !== undefined) failures.push(...(await closeSiege(siege, last)))
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

async function closeSiege(siege: Siege, seed: number): Promise<readonly SiegeFailure[]> {
  try {
    await siege[Symbol.asyncDispose]()
    return []
  } catch (error) {
    return [{ seed, reason: messageOf(error) }]
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
