import { assertNever } from '../../../base/assert-never.ts'
import type { ContainerState } from '../../../model/observed-state.ts'
import { LOST_LOOKS } from '../state/lost-end.ts'
import type { PastEnd } from './past-ends.ts'

/** What a look at a container has found. */
export interface RunLook {
  /** The ends that no earlier look found, oldest first. */
  readonly ends: readonly PastEnd[]
  /** It runs, or will be started again. */
  readonly isLive: boolean
  /** Its process is dead and its end is not recorded yet: it may be soon. */
  readonly isPending: boolean
}

/** Looks at the state of one container now and then, and finds each end of a run once. */
export class RunWatch {
  readonly #pastEnds: (after: number, before: number) => readonly PastEnd[]
  /** When the run began that was seen and whose end was not; milliseconds since the epoch. */
  #startedAt: number | undefined
  /** When the last run ended that was looked at. */
  #endedAt = 0
  #isRestarting = false
  #launchingSince: number | undefined
  #lostLooks = 0
  #isOrphaned = false

  /** `pastEnds` returns ends between two times, for those that came and went between two looks. */
  constructor(pastEnds: (after: number, before: number) => readonly PastEnd[]) {
    this.#pastEnds = pastEnds
  }

  /** Takes `state` for what is known already: an end in it is not found again. */
  begin(state: ContainerState): void {
    if (state.kind === 'running') this.#startedAt = state.startedAt
    if (state.kind === 'exited' || state.kind === 'restarting') this.#endedAt = state.finishedAt ?? 0
    this.#isRestarting = state.kind === 'restarting'
    this.#isOrphaned = state.kind === 'orphaned'
  }

  look(state: ContainerState): RunLook {
    switch (state.kind) {
      case 'incomplete':
      case 'created':
        return { ends: [], isLive: this.#isLaunching(), isPending: false }
      case 'running':
        return { ends: this.#sawRun(state.startedAt), isLive: true, isPending: false }
      case 'orphaned':
        return { ends: this.#sawOrphan(), isLive: false, isPending: false }
      case 'restarting':
        return { ends: this.#sawEnd({ ...state, isRestarting: true }), isLive: true, isPending: false }
      case 'exited':
        return this.#sawExit(state)
      default:
        return assertNever(state)
    }
  }

  /** Returns the ends of a container that is gone. */
  leave(): readonly PastEnd[] {
    return this.#startedAt === undefined ? [] : this.#pastEnds(this.#endedAt, Number.POSITIVE_INFINITY)
  }

  /** A launch removes what is known of the run before, and its own comes some moments later. */
  #isLaunching(): boolean {
    if (this.#startedAt === undefined && !this.#isRestarting) return false
    this.#launchingSince ??= Date.now()
    return Date.now() - this.#launchingSince < LAUNCH_PATIENCE_MS
  }

  #sawRun(startedAt: number): readonly PastEnd[] {
    this.#launchingSince = undefined
    this.#isRestarting = false
    const isNext = this.#startedAt !== undefined && this.#startedAt !== startedAt
    const missed = isNext ? this.#pastEnds(this.#endedAt, startedAt) : []
    this.#startedAt = startedAt
    this.#endedAt = missed.at(-1)?.finishedAt ?? this.#endedAt
    this.#lostLooks = 0
    this.#isOrphaned = false
    return missed
  }

  #sawOrphan(): readonly PastEnd[] {
    if (this.#isOrphaned) return []
    this.#isOrphaned = true
    this.#startedAt = undefined
    return [{ exitCode: undefined, isRestarting: false, finishedAt: Date.now() }]
  }

  #sawExit({ exitCode, finishedAt, outOfMemory }: Extract<ContainerState, { kind: 'exited' }>): RunLook {
    if (finishedAt !== undefined) {
      const ends = this.#sawEnd({ exitCode, finishedAt, outOfMemory, isRestarting: false })
      return { ends, isLive: false, isPending: false }
    }
    if (this.#startedAt === undefined) return { ends: [], isLive: false, isPending: false }
    this.#lostLooks += 1
    if (this.#lostLooks <= LOST_LOOKS) return { ends: [], isLive: true, isPending: true }
    this.#startedAt = undefined
    return {
      ends: [{ exitCode, isRestarting: false, finishedAt: Date.now() }],
      isLive: false,
      isPending: false,
    }
  }

  #sawEnd({ exitCode, finishedAt, isRestarting, outOfMemory = false }: PastEnd): readonly PastEnd[] {
    if (finishedAt === this.#endedAt) return []
    this.#startedAt = undefined
    this.#endedAt = finishedAt
    this.#isRestarting = isRestarting
    this.#launchingSince = undefined
    this.#isOrphaned = false
    return [{ exitCode, isRestarting, finishedAt, ...(outOfMemory && { outOfMemory }) }]
  }
}

/** A keeper that ends during a launch leaves nothing to see. */
const LAUNCH_PATIENCE_MS = 10_000
