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

/** Returns the row of `work` at `size`, with its budget. */
export function rowOf(work: Work, size: number): Row {
  return { work, size, budget: budgetOf(work, size) }
}

function budgetOf(work: Work, size: number): Budget {
  switch (work) {
    case 'config':
      return { kind: 'share', of: BARE_NODE, share: 3 }
    case 'up-granted':
      return { kind: 'share', of: UNGRANTED, share: 1.1 }
    case 'log-throughput':
      return { kind: 'share', of: DOCKER_COMPOSE, share: 1 / 2 }
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
      return { kind: 'share', of: DOCKER_COMPOSE, share: COMPOSE_SHARES[work](size) }
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
  | 'pull'
  | 'pull-memory'
  | 're-pull'
  | `watch-${string}`
  | BuildWork
>

const COMPOSE_SHARES: Readonly<Record<ComposeWork, (size: number) => number>> = {
  up: size => (size < 10 ? 1 / 4 : size < 50 ? 1 / 8 : 1 / 12),
  'up-again': () => 0.7,
  ps: () => 0.7,
  exec: () => 0.5,
  run: () => 0.3,
  down: size => (size < 10 ? 1 / 4 : size < 50 ? 1 / 8 : 1 / 10),
  memory: () => 1 / 5,
}
