import { type Millis, millisOf } from '../../../base/millis.ts'
import type { Healthcheck } from '../../../model/service.ts'
import { isProbeTest } from '../state/health-state.ts'
import type { ResolvedHealthcheck } from '../state/live-record.ts'

const DEFAULT_INTERVAL = millisOf(30_000)
const DEFAULT_TIMEOUT = millisOf(30_000)
const DEFAULT_RETRIES = 3
const DEFAULT_START_PERIOD = millisOf(0)
const DEFAULT_START_INTERVAL = millisOf(5000)

/** A test of the engine's own costs little, and is done from the first moment on. */
const DEFAULTS_OF_PROBES = {
  interval: millisOf(10_000),
  timeout: millisOf(5000),
  startPeriod: millisOf(30_000),
  startInterval: millisOf(500),
}

/**
 * Returns the health check of a container: the file's fields, then the image's, then Docker's defaults; undefined if
 * there is no test. A zero means the default, as in the Docker Engine API. A test of the engine's own has defaults of its own.
 */
export function resolveHealthcheck(
  own: Healthcheck | undefined,
  image: Healthcheck | undefined,
): ResolvedHealthcheck | undefined {
  const test = own?.test ?? image?.test
  if (test === undefined || test.kind === 'none') return undefined
  const inherited = isProbeTest(test) ? DEFAULTS_OF_PROBES : image
  const pick = (field: 'interval' | 'timeout' | 'startPeriod' | 'startInterval', fallback: Millis): Millis =>
    positive(own?.[field]) ?? positive(inherited?.[field]) ?? fallback
  const retries = isProbeTest(test) ? undefined : positive(image?.retries)
  return {
    test,
    intervalMs: pick('interval', DEFAULT_INTERVAL),
    timeoutMs: pick('timeout', DEFAULT_TIMEOUT),
    retries: positive(own?.retries) ?? retries ?? DEFAULT_RETRIES,
    startPeriodMs: pick('startPeriod', DEFAULT_START_PERIOD),
    startIntervalMs: pick('startInterval', DEFAULT_START_INTERVAL),
  }
}

function positive<T extends number>(value: T | undefined): T | undefined {
  return value === undefined || value <= 0 ? undefined : value
}
