import { BARE_NODE } from './measure-config.ts'
import { UNGRANTED } from './measure-granted.ts'
import type { Work } from './samples.ts'

/** The budget of tcompose. */
export type Budget =
  /** A share of the value of `of`. */
  | { readonly kind: 'share'; readonly of: Judge; readonly share: number }
  /** Milliseconds above the value of `of`. */
  | { readonly kind: 'above'; readonly of: string; readonly ms: number }
  | { readonly kind: 'bytes'; readonly bytes: number }
  | { readonly kind: 'none' }

/** The name of a tool, or of the fastest that was measured. */
export type Judge = string

/** The fastest of the other tools, as a yardstick. */
export const FASTEST = 'the fastest'

/** A row of the table: one kind of work at one size, and its budget. */
export interface Row {
  readonly work: Work
  readonly size: number
  readonly budget: Budget
}

const DOCKER_COMPOSE = 'docker compose'
const MOST_PULL_BYTES = 200_000_000
const RE_PULL_MS = 50

/** Returns the row of `work` at `size`, with its budget: `isWarm` if a process that is ready runs the commands. */
export function rowOf(work: Work, size: number, isWarm = false): Row {
  return { work, size, budget: budgetOf(work, size, isWarm) }
}

function budgetOf(work: Work, size: number, isWarm: boolean): Budget {
  switch (work) {
    case 'config':
      return { kind: 'share', of: BARE_NODE, share: 3 }
    case 'up-granted':
      return { kind: 'share', of: UNGRANTED, share: 1.1 }
    case 'log-throughput':
    case 'dns-rate':
    case 'dns-latency':
      return { kind: 'share', of: DOCKER_COMPOSE, share: 1 / 2 }
    case 'port-ipv4':
    case 'port-ipv6':
      return { kind: 'share', of: DOCKER_COMPOSE, share: 1 / 1.3 }
    case 'pull':
      return { kind: 'share', of: FASTEST, share: 1 / 2 }
    case 'pull-memory':
      return { kind: 'bytes', bytes: MOST_PULL_BYTES }
    case 're-pull':
      return { kind: 'above', of: BARE_NODE, ms: RE_PULL_MS }
    case 'build-cached':
    case 'build-edit':
    case 'build-run':
    case 'build-copy':
    case 'build-copy-edit':
    case 'build-memory':
      return { kind: 'share', of: DOCKER_COMPOSE, share: BUILD_SHARES[work] }
    case 'watch-file':
      return { kind: 'share', of: DOCKER_COMPOSE, share: 1 / 10 }
    case 'watch-files':
      return { kind: 'share', of: DOCKER_COMPOSE, share: 1 / 2 }
    default:
      if (size > 50) return { kind: 'none' }
      return { kind: 'share', of: DOCKER_COMPOSE, share: (isWarm ? WARM_SHARES : COLD_SHARES)[work](size) }
  }
}

type BuildWork = Extract<Work, `build-${string}`>

const BUILD_SHARES: Readonly<Record<BuildWork, number>> = {
  'build-cached': 1 / 5,
  'build-edit': 1 / 4,
  'build-run': 1 / 12,
  'build-copy': 1 / 4,
  'build-copy-edit': 1 / 6,
  'build-memory': 1 / 4,
}

type ComposeWork = Exclude<
  Work,
  | 'config'
  | 'up-granted'
  | 'log-throughput'
  | `dns-${string}`
  | `port-${string}`
  | 'pull'
  | 'pull-memory'
  | 're-pull'
  | `watch-${string}`
  | BuildWork
>

type ComposeShares = Readonly<Record<ComposeWork, (size: number) => number>>

const COLD_SHARES: ComposeShares = {
  up: size => (size < 10 ? 1 / 5 : size < 50 ? 1 / 10 : 1 / 17),
  'up-again': () => 0.45,
  ps: () => 0.45,
  exec: () => 0.45,
  run: () => 0.3,
  down: size => (size < 10 ? 1 / 5 : size < 50 ? 1 / 9 : 1 / 18),
  memory: () => 1 / 60,
}

const WARM_SHARES: ComposeShares = {
  up: size => (size < 10 ? 1 / 15 : size < 50 ? 1 / 20 : 1 / 22),
  'up-again': () => 1 / 12,
  ps: () => 1 / 12,
  exec: () => 1 / 12,
  run: () => 0.3,
  down: size => (size < 10 ? 1 / 15 : size < 50 ? 1 / 24 : 1 / 30),
  memory: () => 1 / 5,
}
