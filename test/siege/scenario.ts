import type { Random } from './random.ts'

/** A kind of fault, played again and again. */
export interface Scenario {
  readonly name: string
  /** What every round proves, in one line. */
  readonly promise: string
  /** Rounds in `npm test`; without any it is left out there. */
  readonly shortRounds: number
  /** It takes so long that it is played only where it is named. @default false */
  readonly isOptIn?: boolean
  /** Creates what rounds share. */
  readonly open: (settings: SiegeSettings) => Promise<Siege>
}

/** What a user may ask for. */
export interface SiegeSettings {
  /** How long a round takes that lasts for a time. */
  readonly minutes: number
}

/** What rounds share until one of them fails. Disposing fails if anything is left on the host. */
export interface Siege extends AsyncDisposable {
  /** Rounds in the full form. */
  readonly rounds: number
  /** Plays a round and returns its outcome in a few words, to be counted; throws for a fault or a leak. */
  readonly play: (round: Round) => Promise<string>
}

/** One try. Everything that differs between rounds follows from the seed. */
export interface Round {
  readonly seed: number
  readonly random: Random
}
