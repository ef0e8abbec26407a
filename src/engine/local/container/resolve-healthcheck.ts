import { type Millis, millisOf } from '../../../base/millis.ts'
import type { Healthcheck } from '../../../model/service.ts'
import type { ResolvedHealthcheck } from '../state/live-record.ts'

const DEFAULT_INTERVAL = millisOf(30_000)
const DEFAULT_TIMEOUT = millisOf(30_000)
const DEFAULT_RETRIES = 3
const DEFAULT_START_PERIOD = millisOf(0)
const DEFAULT_START_INTERVAL = millisOf(5000)

/**
 * Returns the health check of a container: the file's fields, then the image's, then Docker's defaults; undefined if
 * there is no test. A zero means the default, as in the Docker Engine API.
 */
export function resolveHealthcheck(
  own: Healthcheck | undefined,
  image: Healthcheck | undefined,
): ResolvedHealthcheck | undefined {
  const test = own?.test ?? image?.test
  if (test === undefined || test.kind === 'none') return undefined
  const pick = (field: 'interval' | 'timeout' | 'startPeriod' | 'startInterval', fallback: Millis): Millis =>
    positive(own?.[field]) ?? positive(image?.[field]) ?? fallback
  return {
    test,
    intervalMs: pick('interval', DEFAULT_INTERVAL),
    timeoutMs: pick('timeout', DEFAULT_TIMEOUT),
    retries: positive(own?.retries) ?? positive(image?.retries) ?? DEFAULT_RETRIES,
    startPeriodMs: pick('startPeriod', DEFAULT_START_PERIOD),
    startIntervalMs: pick('startInterval', DEFAULT_START_INTERVAL),
  }
}

function positive<T extends number>(value: T | undefined): T | undefined {
  return value === undefined || value <= 0 ? undefined : value
}
