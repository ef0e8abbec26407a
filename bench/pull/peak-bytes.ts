import { readFileSync } from 'node:fs'

/** Short against the growth that matters: VmHWM is a high-water mark, so only the last interval is missed. */
const INTERVAL_MS = 10

/** The peak of resident memory of a process while it runs. */
export interface PeakWatch extends Disposable {
  /** Bytes; 0 if the process was never seen. */
  readonly bytes: () => number
}

/** Watches the process `pid`, with all its threads. */
export function watchPeak(pid: number): PeakWatch {
  let bytes = 0
  const timer = setInterval(() => {
    bytes = Math.max(bytes, highWaterMark(pid))
  }, INTERVAL_MS)
  return { bytes: () => bytes, [Symbol.dispose]: () => clearInterval(timer) }
}

function highWaterMark(pid: number): number {
  try {
    const [, kilobytes = '0'] = /^VmHWM:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? []
    return Number(kilobytes) * 1024
  } catch {
    return 0
  }
}
