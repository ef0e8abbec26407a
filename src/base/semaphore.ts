/** Lets a limited number of tasks run at once; the others wait in line. */
export class Semaphore {
  #free: number
  readonly #waiting: (() => void)[] = []

  constructor(count: number) {
    this.#free = count
  }

  /** Runs `task` when its turn has come. */
  async run<T>(task: () => Promise<T>): Promise<T> {
    if (this.#free > 0) this.#free -= 1
    else await new Promise<void>(resolve => this.#waiting.push(resolve))
    try {
      return await task()
    } finally {
      this.#giveBack()
    }
  }

  /** Takes a turn if one is free, until it is disposed of. */
  tryTake(): Disposable | undefined {
    if (this.#free === 0) return undefined
    this.#free -= 1
    return { [Symbol.dispose]: () => this.#giveBack() }
  }

  #giveBack(): void {
    const next = this.#waiting.shift()
    if (next === undefined) this.#free += 1
    else next()
  }
}
