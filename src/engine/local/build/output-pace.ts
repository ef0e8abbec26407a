/** How many characters may be under way to a reader that takes nothing. */
const UNDER_WAY = 1 << 18
/** What a line costs besides its text: its number, its time, or the fields of an event. */
const FRAME = 128

/** Makes what a command writes wait for whoever reads it, so that memory holds little of it. */
export class OutputPace {
  readonly #whenShown: (() => Promise<void>) | undefined
  #underWay = 0

  /** @param whenShown Resolves when all that was shown is taken; undefined where nobody has to wait. */
  constructor(whenShown: (() => Promise<void>) | undefined) {
    this.#whenShown = whenShown
  }

  /** Counts a line that is shown. Nothing more is to be shown until a promise that it returns is settled. */
  add(line: string): Promise<void> | undefined {
    this.#underWay += line.length + FRAME
    if (this.#underWay < UNDER_WAY) return undefined
    this.#underWay = 0
    return this.#whenShown?.()
  }
}
