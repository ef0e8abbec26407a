import type { RunEnd } from '../../app/index.ts'
import { EXIT } from '../exit-codes.ts'

/** `--abort-on-container-exit` and its kin. */
export interface AbortMode {
  /** Only an end with another exit code than 0 counts. */
  readonly isFailureOnly: boolean
  /** The service whose exit code counts; undefined takes that of the container that ended first. */
  readonly exitCodeFrom: string | undefined
}

/** Receives ends, and decides which of them stops all containers and what the command exits with. */
export class AbortRule {
  readonly #mode: AbortMode | undefined
  #first: RunEnd | undefined
  /** Of `exitCodeFrom`. */
  #last: RunEnd | undefined

  /** Undefined: no end stops the others. */
  constructor(mode: AbortMode | undefined) {
    this.#mode = mode
  }

  /** The exit code of an attached run that was not interrupted. */
  get exitCode(): number {
    if (this.#mode === undefined) return EXIT.done
    const end = this.#mode.exitCodeFrom === undefined ? this.#first : this.#last
    return end === undefined ? EXIT.done : (end.exitCode ?? EXIT.failed)
  }

  /** Tells whether `end` is the first that stops all containers. One that will be started again has not ended. */
  take(end: RunEnd): boolean {
    if (this.#mode === undefined || end.isRestarting) return false
    if (end.service === this.#mode.exitCodeFrom) this.#last = end
    if (this.#first !== undefined || (this.#mode.isFailureOnly && end.exitCode === 0)) return false
    this.#first = end
    return true
  }
}
