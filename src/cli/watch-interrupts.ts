import type { Interrupts } from './cli-ports.ts'
import { EXIT } from './exit-codes.ts'

/** Where SIGINT and SIGTERM come from. While nobody listens, they end the command at once. */
export interface SignalSource {
  on(listener: (name: NodeJS.Signals) => void): void
  off(listener: (name: NodeJS.Signals) => void): void
  /** Ends the command where it is. */
  end(exitCode: number): void
}

const SIGNALS = ['SIGINT', 'SIGTERM'] as const

/** The signals of this process. */
export const PROCESS_SIGNALS: SignalSource = {
  on: listener => {
    for (const name of SIGNALS) process.on(name, listener)
  },
  off: listener => {
    for (const name of SIGNALS) process.off(name, listener)
  },
  end: exitCode => process.exit(exitCode),
}

/**
 * Returns the interrupts of a command. Until a caller asks for one, and while `interruptibly` runs something, SIGINT
 * and SIGTERM end the command at once as they do by default, which no listener could do while the thread is busy or
 * blocked. SIGINT and SIGTERM count alike; the third ends the command where it is.
 */
export function watchInterrupts(source: SignalSource = PROCESS_SIGNALS): Interrupts {
  const first = new AbortController()
  const second = new AbortController()
  let exitCode: number = EXIT.interrupted
  let isWatching = false
  let isHeld = false
  const onSignal = (name: NodeJS.Signals): void => {
    if (second.signal.aborted) source.end(exitCode)
    else if (first.signal.aborted) second.abort()
    else {
      exitCode = name === 'SIGTERM' ? EXIT.terminated : EXIT.interrupted
      first.abort()
    }
  }
  const watch = (): void => {
    if (!isWatching) source.on(onSignal)
    isWatching = true
  }
  const ignore = (): void => {
    source.off(onSignal)
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
