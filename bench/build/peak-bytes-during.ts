/** The tools allocate over tens of milliseconds; each look costs a few, so work that is watched is not timed. */
const INTERVAL_MS = 20

/** Returns the largest value of `bytes` while `work` runs. */
export async function peakBytesDuring(bytes: () => number, work: () => Promise<unknown>): Promise<number> {
  let peak = bytes()
  const timer = setInterval(() => {
    peak = Math.max(peak, bytes())
  }, INTERVAL_MS)
  try {
    await work()
  } finally {
    clearInterval(timer)
  }
  return peak
}
