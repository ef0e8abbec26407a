import type { FetchProgress } from '../../app/index.ts'
import { SIZE_UNITS } from './human-size.ts'

/** The pull or push of an image so far. Times are milliseconds since the epoch. */
export interface Transfer {
  readonly progress: FetchProgress
  /** Those of the last few seconds, the oldest first. */
  readonly samples: readonly Sample[]
}

interface Sample {
  readonly at: number
  readonly bytes: number
}

/** The rate is averaged over this window; a shorter one makes it jump, a longer one lag. */
const WINDOW_MS = 5000
/** The shortest time over which a rate is meaningful. */
const LEAST_MS = 400

/** Returns `transfer` with one more report. */
export function withReport(transfer: Transfer | undefined, progress: FetchProgress, now: number): Transfer {
  const known = transfer?.samples ?? []
  const recent = known.filter(({ at }, index) => (known[index + 1]?.at ?? at) >= now - WINDOW_MS)
  return { progress, samples: [...recent, { at: now, bytes: progress.bytesDone }] }
}

/** Returns bytes per second, 0 if the transfer stalls; undefined until it can be measured. */
export function rateOf({ samples }: Transfer, now: number): number | undefined {
  const [first] = samples
  const last = samples.at(-1)
  if (first === undefined || last === undefined || now - first.at < LEAST_MS) return undefined
  return Math.max(0, Math.round((1000 * (last.bytes - first.bytes)) / (now - first.at)))
}

/** Returns the milliseconds that the rest takes at the current rate; undefined if that is unknown. */
export function timeLeft({ progress, ...transfer }: Transfer, now: number): number | undefined {
  const rate = rateOf({ progress, ...transfer }, now)
  if (rate === undefined || rate === 0) return undefined
  return (1000 * Math.max(0, progress.bytesTotal - progress.bytesDone)) / rate
}

/** Returns the figures of a transfer, the most important first: `27%`, `12MB / 45MB`, `4MB/s`, `8s left`. */
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

/** Returns how much was transferred, or `up to date`; undefined if all layers were already here for other images. */
export function transferredText({
  progress: { bytesTotal, isUnchanged = false },
}: Transfer): string | undefined {
  if (isUnchanged) return 'up to date'
  return bytesTotal === 0 ? undefined : sizeText(bytesTotal)
}

/** Like `humanSize`, but always with one decimal, so that the width stays the same. */
function sizeText(bytes: number): string {
  let count = Math.max(0, bytes)
  let unit = 0
  // A count that rounds up to 1000 is shown in the next unit.
  while (count >= 999.95 && unit < SIZE_UNITS.length - 1) {
    count /= 1000
    unit += 1
  }
  return `${unit === 0 ? Math.round(count) : count.toFixed(1)}${SIZE_UNITS[unit]}`
}

/** Rounds up to whole seconds, so that the last is `1s`, e.g. `8s`, `2m5s`, `1h4m`. */
function leftText(milliseconds: number): string {
  const seconds = Math.max(1, Math.ceil(milliseconds / 1000))
  if (seconds < 60) return `${seconds}s`
  const minutes = Math.floor(seconds / 60)
  return minutes < 60 ? `${minutes}m${seconds % 60}s` : `${Math.floor(minutes / 60)}h${minutes % 60}m`
}
