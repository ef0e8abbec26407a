import { InvalidArgumentError } from 'commander'
import { UsageError } from '../usage-error.ts'
import { parseTime } from './parse-time.ts'

/**
 * Returns the time of `until=TIME`, milliseconds since the epoch; undefined without such a filter.
 *
 * @throws {UsageError} For another filter, or a time that is none.
 */
export function untilOf(filters: readonly string[], now: number): number | undefined {
  const times = filters.map(filter => {
    const text = /^until=(.+)$/.exec(filter)?.[1]
    if (text === undefined)
      throw new UsageError(`there is no filter "${filter}"`, 'Write --filter until=TIME')
    try {
      return Date.parse(parseTime(text, now))
    } catch (error) {
      if (error instanceof InvalidArgumentError)
        throw new UsageError(`"${text}" is not a time`, error.message)
      throw error
    }
  })
  return times.length === 0 ? undefined : Math.min(...times)
}
