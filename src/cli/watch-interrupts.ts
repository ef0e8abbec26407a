import type { Interrupts } from './cli-ports.ts'
import { EXIT } from './exit-codes.ts'

/** Where SIGINT and SIGTERM come from. While nobody listens, they end the command at once. */
export interface SignalSource {
  /** `others`: hear of SIGHUP, SIGQUIT, SIGUSR1 and SIGUSR2 too, where the source has them. */
  on(listener: (name: NodeJS.Signals) => void, options?: { readonly others?: boolean }): void
  off(listener: (name: NodeJS.Signals) => void): void
  /** Ends the command where it is. */
  end(exitCode: number): void
}

const INTERRUPTS = ['SIGINT', 'SIGTERM'] as const

/** What else a program may wait for. */
const OTHERS = ['SIGHUP', 'SIGQUIT', 'SIGUSR1', 'SIGUSR2'] as const

/** The signals of this process. */
export const PROCESS_SIGNALS: SignalSource = {
  on: (listener, { others = false } = {}) => {
    for (const name of others ? [...INTERRUPTS, ...OTHERS] : INTERRUPTS) process.on(name, listener)
  },
  off: listener => {
    for (const name of [...INTERRUPTS, ...OTHERS]) process.off(name, listener)
  },
  end: exitCode => process.exit(exitCode),
}

/** So many mean that a program does not react to them. */
const MOST_INTERRUPTS = 3

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
  let isForwarding = false
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
    if (isWatching || isForwarding) return
    source.on(onSignal)
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
    forward: deliver => {
      ignore()
      isForwarding = true
      let interrupts = 0
      const onForwarded = (name: NodeJS.Signals): void => {
        if (name === 'SIGINT' || name === 'SIGTERM') interrupts += 1
        deliver(interrupts >= MOST_INTERRUPTS ? 'SIGKILL' : name)
      }
      source.on(onForwarded, { others: true })
      return {
        [Symbol.dispose]: () => {
          source.off(onForwarded)
          isForwarding = false
          watch()
        },
      }
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
