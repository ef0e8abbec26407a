import { InvalidArgumentError } from 'commander'
import { parseGoDuration } from '../../base/go-duration.ts'

/** A time without a zone is one of this machine's zone. */
const TIME = /^(\d{4}-\d\d-\d\d)(?:[T ](\d\d:\d\d)(?::(\d\d)(?:\.(\d{1,9}))?)?)?(Z|[+-]\d\d:\d\d)?$/i

/**
 * Reads a point in time as docker does: an RFC 3339 time or a part of one, seconds since the epoch, or a span before
 * `now` such as `1h30m`. Returns it in RFC 3339 with nanoseconds, UTC, as logs have it, so that the two compare as text.
 *
 * @throws {InvalidArgumentError} If `text` is none of these.
 */
export function parseTime(text: string, now: number): string {
  const time = calendarTime(text) ?? epochTime(text) ?? timeAgo(text, now)
  if (time === undefined || !Number.isFinite(time.millis)) {
    throw new InvalidArgumentError('Expected a time such as 2026-01-31T08:00:00Z, or a span such as 42m')
  }
  const seconds = Math.floor(time.millis / 1000)
  return `${new Date(seconds * 1000).toISOString().slice(0, 19)}.${time.fraction.padEnd(9, '0')}Z`
}

interface PointInTime {
  /** Since the epoch; what is below a second counts in `fraction` only. */
  readonly millis: number
  /** Decimal digits of the second, nine at most. */
  readonly fraction: string
}

function calendarTime(text: string): PointInTime | undefined {
  const [match, day, minute = '00:00', second = '00', fraction = '', zone = ''] = TIME.exec(text) ?? []
  if (match === undefined) return undefined
  return { millis: Date.parse(`${day}T${minute}:${second}${zone.toUpperCase()}`), fraction }
}

function epochTime(text: string): PointInTime | undefined {
  const [match, seconds, fraction = ''] = /^(\d{1,11})(?:\.(\d{1,9}))?$/.exec(text) ?? []
  return match === undefined ? undefined : { millis: Number(seconds) * 1000, fraction }
}

function timeAgo(text: string, now: number): PointInTime | undefined {
  const nanoseconds = parseGoDuration(text)
  if (nanoseconds === undefined || /^[+-]/.test(text)) return undefined
  const millis = Math.round(now - nanoseconds / 1e6)
  const rest = ((millis % 1000) + 1000) % 1000
  return { millis, fraction: String(rest).padStart(3, '0') }
}
