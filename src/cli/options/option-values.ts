import { InvalidArgumentError, Option } from 'commander'
import { isIpAddress } from '../../app/index.ts'
import { type Millis, millisOf } from '../../base/millis.ts'

/** Returns `-t/--timeout`, in seconds on the command line. */
export function timeoutOption(): Option {
  return new Option(
    '-t, --timeout <seconds>',
    'Seconds to wait after the stop signal before SIGKILL',
  ).argParser(parseSeconds)
}

/** @throws {InvalidArgumentError} If `text` is not a whole number of seconds. */
export function parseSeconds(text: string): Millis {
  return millisOf(parseCount(text) * 1000)
}

/** @throws {InvalidArgumentError} If `text` is not a whole number not below 0. */
export function parseCount(text: string): number {
  if (!/^\d{1,9}$/.test(text)) throw new InvalidArgumentError('Expected a whole number')
  return Number(text)
}

/** @throws {InvalidArgumentError} If `text` is no IP address. */
export function parseAddress(text: string): string {
  if (!isIpAddress(text)) throw new InvalidArgumentError('Expected an IP address such as 127.0.0.1')
  return text
}

/** @throws {InvalidArgumentError} If `text` is not a whole number not below 1. */
export function parseIndex(text: string): number {
  const index = parseCount(text)
  if (index === 0) throw new InvalidArgumentError('Expected a number of 1 or more')
  return index
}

/**
 * Adds one `--scale web=3` to the earlier ones.
 *
 * @throws {InvalidArgumentError} If `text` is not a service, `=` and a whole number.
 */
export function parseScale(
  text: string,
  earlier: ReadonlyMap<string, number> | undefined,
): ReadonlyMap<string, number> {
  const [, service, count] = /^([^=]+)=(\d{1,9})$/.exec(text) ?? []
  if (service === undefined || count === undefined) {
    throw new InvalidArgumentError('Expected SERVICE=NUMBER')
  }
  return new Map([...(earlier ?? []), [service, Number(count)]])
}
