import { setTimeout as delay } from 'node:timers/promises'
import type { Interrupts, TextOutput } from './cli-ports.ts'

/** How long a reader may take nothing after an interrupt. */
const PATIENCE_MS = 1000

/** Returns true once the reader has taken what was written, false if it is given up since an interrupt came. */
export async function flushed(output: TextOutput, interrupts: Pick<Interrupts, 'first'>): Promise<boolean> {
  const taken = output.flush?.()
  if (taken === undefined) return true
  const over = new AbortController()
  const givenUp = aborted(interrupts.first, over.signal).then(() =>
    delay(PATIENCE_MS, undefined, { signal: over.signal }).catch(() => undefined),
  )
  const isTaken = await Promise.race([taken.then(() => true), givenUp.then(() => false)])
  over.abort('over')
  return isTaken
}

function aborted(signal: AbortSignal, over: AbortSignal): Promise<void> {
  return new Promise(resolve => {
    if (signal.aborted) resolve()
    else signal.addEventListener('abort', () => resolve(), { once: true, signal: over })
  })
}
