/**
 * Runs one task for many callers: a call made while the task runs gets the next run, which all such calls share. Each
 * run so covers everything its callers did before they asked.
 */
export class CoalescedTask {
  readonly #task: () => Promise<void>
  #running: Promise<void> | undefined
  #next: Promise<void> | undefined

  constructor(task: () => Promise<void>) {
    this.#task = task
  }

  run(): Promise<void> {
    this.#next ??= this.#afterCurrent()
    return this.#next
  }

  async #afterCurrent(): Promise<void> {
    await this.#running?.catch(() => undefined)
    // One turn of the event loop lets callers of the same moment join.
    await new Promise(resolve => setImmediate(resolve))
    this.#next = undefined
    this.#running = this.#task()
    await this.#running
  }
}
