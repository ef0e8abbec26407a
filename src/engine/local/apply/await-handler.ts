import { setTimeout as delay } from 'node:timers/promises'
import { discardsSignal } from '../../../linux/discards-signal.ts'
import { readProcessState } from '../../../runtime/keeper/process-files.ts'
import type { ContainerLayout } from '../state/layout.ts'

/** A signal that a container is to get. */
export interface AwaitedHandler {
  readonly layout: ContainerLayout
  readonly signal: number
  /** Until when to wait, by `performance.now()`. */
  readonly deadline: number
  readonly cancel: AbortSignal
}

const LOOK_MS = 50

/**
 * Waits as long as the main process of a container would never get to know of `signal`, and returns whether it gets to know
 * of it now, or has ended. A program that is still starting may install its handler any moment.
 */
export async function awaitHandler({ layout, signal, deadline, cancel }: AwaitedHandler): Promise<boolean> {
  for (;;) {
    const state = readProcessState(layout)
    if (state.kind !== 'running' || !discardsSignal(state.process.pid, signal)) return true
    const remainingMs = deadline - performance.now()
    if (remainingMs <= 0) return false
    await delay(Math.min(LOOK_MS, remainingMs), undefined, { signal: cancel })
  }
}
