import type { Question } from './question.ts'

/** Names of which is kept whose turn it is. */
const MOST_NAMES = 4096

/**
 * Which of several records of a name comes first in a reply to one container: each in its turn, for each type on its own,
 * since clients ask for A and AAAA at once and would otherwise see the same one first each time.
 */
export class RecordTurns {
  readonly #turns = new Map<string, number>()

  /** Returns the index of the one whose turn it is, of `count`. */
  next({ name, type }: Question, count: number): number {
    const key = String.fromCharCode(type) + name
    const turn = (this.#turns.get(key) ?? Math.floor(Math.random() * count)) % count
    if (this.#turns.size >= MOST_NAMES) this.#turns.clear()
    this.#turns.set(key, turn + 1)
    return turn
  }
}
