import type { Interrupts } from './cli-ports.ts'
import { EXIT } from './exit-codes.ts'

const SIGNALS = ['SIGINT', 'SIGTERM'] as const

/**
 * Returns the interrupts of this process. Until a caller asks for one, and while `interruptibly` runs something, SIGINT
 * and SIGTERM end the process at once as they do by default, which no listener could do while the thread is busy or
 * blocked. SIGINT and SIGTERM count alike; the third ends the process where it is.
 */
export function watchInterrupts(): Interrupts {
  const first = new AbortController()
  const second = new AbortController()
  let exitCode: number = EXIT.interrupted
  let isWatching = false
  let isHeld = false
  const onSignal = (name: NodeJS.Signals): void => {
    if (second.signal.aborted) process.exit(exitCode)
    if (first.signal.aborted) second.abort()
    else {
      exitCode = name === 'SIGTERM' ? EXIT.terminated : EXIT.interrupted
      first.abort()
    }
  }
  const watch = (): void => {
    if (!isWatching) for (const name of SIGNALS) process.on(name, onSignal)
    isWatching = true
  }
  const ignore = (): void => {
    for (const name of SIGNALS) process.off(name, onSignal)
    isWatching = false
  }
  return {
    get first() {
      watch()
      return first.signal
    },
    get second() {
      watch()
      return second.signal
    },
    get exitCode() {
      return exitCode
    },
    hold: () => {
      isHeld = true
    },
    interruptibly: work => {
      if (!isWatching || isHeld || first.signal.aborted) return work()
      ignore()
      try {
        return work()
      } finally {
        watch()
      }
    },
  }
}
