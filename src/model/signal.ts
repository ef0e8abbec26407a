/** The signals of Linux on x86-64 and arm64 by number, the first one is 1: signal(7). */
const NAMES =
  'HUP INT QUIT ILL TRAP ABRT BUS FPE KILL USR1 SEGV USR2 PIPE ALRM TERM STKFLT CHLD CONT STOP TSTP TTIN TTOU URG XCPU XFSZ VTALRM PROF WINCH IO PWR SYS'.split(
    ' ',
  )

const NUMBERS: ReadonlyMap<string, number> = new Map([
  ...NAMES.map((name, index) => [name, index + 1] as const),
  ['IOT', 6],
  ['CLD', 17],
  ['POLL', 29],
])

/** The first and last real-time signal that libc leaves to programs. */
const SIGRTMIN = 34
const SIGRTMAX = 64

const REAL_TIME = /^RT(MIN|MAX)(?:([+-])(\d+))?$/

/** Returns the number of a signal given as `SIGTERM`, `term`, `15` or `SIGRTMIN+3`; undefined if there is none. */
export function signalNumber(text: string): number | undefined {
  const name = text.toUpperCase().replace(/^SIG/, '')
  if (!/^\d+$/.test(name)) return NUMBERS.get(name) ?? realTimeSignal(name)
  const number = Number(name)
  return number >= 1 && number <= SIGRTMAX ? number : undefined
}

/** Tells whether STOPSIGNAL of a Dockerfile can be `text`: BuildKit takes every number but 0. */
export function isStopSignal(text: string): boolean {
  return /^[+-]?\d+$/.test(text) ? Number(text) !== 0 : signalNumber(text) !== undefined
}

/** The names of signals as a file has them, e.g. `SIGTERM`; real-time signals are left out. */
export const SIGNAL_NAMES: readonly string[] = NAMES.map(name => `SIG${name}`)

function realTimeSignal(name: string): number | undefined {
  const [match, end, sign, offset] = REAL_TIME.exec(name) ?? []
  if (match === undefined) return undefined
  const signal = (end === 'MIN' ? SIGRTMIN : SIGRTMAX) + Number(`${sign ?? '+'}${offset ?? 0}`)
  return signal >= SIGRTMIN && signal <= SIGRTMAX ? signal : undefined
}
