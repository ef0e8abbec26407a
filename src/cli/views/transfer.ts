import type { FetchProgress } from '../../app/index.ts'
import { SIZE_UNITS } from './human-size.ts'

/** The getting of an image as it was seen so far. Times are milliseconds since the epoch. */
export interface Transfer {
  readonly progress: FetchProgress
  /** Of the last seconds, the oldest first. */
  readonly samples: readonly Sample[]
}

interface Sample {
  readonly at: number
  readonly bytes: number
}

/** The rate is that of this time: shorter leaps, longer lags behind. */
const WINDOW_MS = 5000
/** A rate over less than this means nothing. */
const LEAST_MS = 400

/** Returns `transfer` with one more report. */
export function withReport(transfer: Transfer | undefined, progress: FetchProgress, now: number): Transfer {
  const known = transfer?.samples ?? []
  const recent = known.filter(({ at }, index) => (known[index + 1]?.at ?? at) >= now - WINDOW_MS)
  return { progress, samples: [...recent, { at: now, bytes: progress.bytesDone }] }
}

/** Returns bytes per second, 0 where nothing comes; undefined until that can be told. */
export function rateOf({ samples }: Transfer, now: number): number | undefined {
  const [first] = samples
  const last = samples.at(-1)
  if (first === undefined || last === undefined || now - first.at < LEAST_MS) return undefined
  return Math.max(0, Math.round((1000 * (last.bytes - first.bytes)) / (now - first.at)))
}

/** Returns how long what is left takes at the present rate, milliseconds; undefined where there is no telling. */
export function timeLeft({ progress, ...transfer }: Transfer, now: number): number | undefined {
  const rate = rateOf({ progress, ...transfer }, now)
  if (rate === undefined || rate === 0) return undefined
  return (1000 * Math.max(0, progress.bytesTotal - progress.bytesDone)) / rate
}

/** Returns the parts of the text about a transfer, what matters most first: `27%`, `12MB / 45MB`, `4MB/s`, `8s left`. */
export function transferParts(transfer: Transfer, now: number): readonly string[] {
  const { isAllHere, bytesDone, bytesTotal, layersDone, layersTotal } = transfer.progress
  if (isAllHere && bytesDone >= bytesTotal)
    return layersTotal > 1 ? [`${layersDone} of ${layersTotal} layers`] : []
  const percent = `${Math.floor((100 * bytesDone) / Math.max(1, bytesTotal))}%`
  const bytes = `${sizeText(bytesDone)} / ${sizeText(bytesTotal)}`
  const rate = rateOf(transfer, now)
  const left = timeLeft(transfer, now)
  return [
    percent,
    bytes,
    ...(rate === undefined ? [] : [`${sizeText(rate)}/s`]),
    ...(left === undefined ? [] : [`${leftText(left)} left`]),
  ]
}

/** Returns the size of all that was got, or that the image is the same as before; undefined if all was there for another. */
export function transferredText({
  progress: { bytesTotal, isUnchanged = false },
}: Transfer): string | undefined {
  if (isUnchanged) return 'up to date'
  return bytesTotal === 0 ? undefined : sizeText(bytesTotal)
}

/** As `image ls` has it, in powers of 1000, but with one decimal always, so that what stands behind it does not jump. */
function sizeText(bytes: number): string {
  let count = Math.max(0, bytes)
  let unit = 0
  // What would be rounded up to 1000 belongs to the next unit.
  while (count >= 999.95 && unit < SIZE_UNITS.length - 1) {
    count /= 1000
    unit += 1
  }
  return `${unit === 0 ? Math.round(count) : count.toFixed(1)}${SIZE_UNITS[unit]}`
}

/** Whole seconds up, so that it ends at `1s`, e.g. `8s`, `2m5s`, `1h4m`. */
function leftText(milliseconds: number): string {
  const seconds = Math.max(1, Math.ceil(milliseconds / 1000))
  if (seconds < 60) return `${seconds}s`
  const minutes = Math.floor(seconds / 60)
  return minutes < 60 ? `${minutes}m${seconds % 60}s` : `${Math.floor(minutes / 60)}h${minutes % 60}m`
}
