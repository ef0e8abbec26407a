/** Lets many use paths at once, or one change them. */
export class PathGate {
  #users = 0
  #changing: Promise<unknown> = Promise.resolve()
  readonly #waiting: (() => void)[] = []

  /** Waits while paths change. They stay as they are until what this returns is disposed. */
  async use(): Promise<Disposable> {
    for (let seen: unknown; seen !== this.#changing; ) {
      seen = this.#changing
      await this.#changing
    }
    this.#users += 1
    let isHeld = true
    return {
      [Symbol.dispose]: () => {
        if (!isHeld) return
        isHeld = false
        this.#users -= 1
        if (this.#users === 0) for (const wake of this.#waiting.splice(0)) wake()
      },
    }
  }

  /** Runs `change` when nobody uses a path; who comes meanwhile waits. */
  async exclusive<T>(change: () => Promise<T>): Promise<T> {
    const turn = this.#changing.then(async () => {
      while (this.#users > 0) await new Promise<void>(resolve => this.#waiting.push(resolve))
      return await change()
    })
    this.#changing = turn.catch(() => undefined)
    return await turn
  }
}
