import { BARE_NODE } from './measure-config.ts'
import type { Work } from './samples.ts'

/** A row of the table: a work at a size, and the largest share of docker compose's value that it may take. */
export interface Row {
  readonly work: Work
  readonly size: number
  readonly budget: number | undefined
  /** Whom the budget is a share of. @default docker compose */
  readonly judge?: string
}

const BUDGETS: Readonly<Record<Work, (size: number) => number>> = {
  up: size => (size < 10 ? 1 / 4 : size < 50 ? 1 / 8 : 1 / 12),
  'up-again': () => 0.7,
  ps: () => 0.7,
  exec: () => 0.5,
  down: size => (size < 10 ? 1 / 4 : size < 50 ? 1 / 8 : 1 / 10),
  memory: () => 1 / 5,
  config: () => 3,
}

/** Returns the row of `work` at `size`, with its budget. */
export function rowOf(work: Work, size: number): Row {
  if (work === 'config') return { work, size, budget: BUDGETS[work](size), judge: BARE_NODE }
  return { work, size, budget: size > 50 ? undefined : BUDGETS[work](size) }
}
