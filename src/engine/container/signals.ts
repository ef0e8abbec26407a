import { constants } from 'node:os'

/** The first and last real-time signal that libc leaves to programs. */
const SIGRTMIN = 34
const SIGRTMAX = 64

const REAL_TIME = /^RT(MIN|MAX)(?:([+-])(\d+))?$/

/**
 * Reads a signal as `SIGTERM`, `term`, `15` or `SIGRTMIN+3` and returns its number.
 *
 * @throws {SyntaxError} If there is no such signal.
 */
export function parseSignal(text: string): number {
  const name = text.toUpperCase().replace(/^SIG/, '')
  const signal = /^\d+$/.test(name) ? Number(name) : (namedSignal(name) ?? realTimeSignal(name))
  if (signal === undefined || signal < 1 || signal > SIGRTMAX) {
    throw new SyntaxError(
      `Cannot use signal "${text}": expected a name such as "SIGTERM" or a number up to 64`,
    )
  }
  return signal
}

function namedSignal(name: string): number | undefined {
  return new Map<string, number>(Object.entries(constants.signals)).get(`SIG${name}`)
}

function realTimeSignal(name: string): number | undefined {
  const [match, end, sign, offset] = REAL_TIME.exec(name) ?? []
  if (match === undefined) return undefined
  const signal = (end === 'MIN' ? SIGRTMIN : SIGRTMAX) + Number(`${sign ?? '+'}${offset ?? 0}`)
  return signal >= SIGRTMIN && signal <= SIGRTMAX ? signal : undefined
}
