import { assertNever } from '../../base/assert-never.ts'
import type { HealthProbeTest } from '../../model/service.ts'
import type { MapNode } from '../document/node.ts'
import { textAt, valueAt } from '../rules/rule-context.ts'

/** The key of a service that is tcompose's own. */
export const PROBE_TEST = 'x-healthcheck'

/** The kinds of tests, each a key below `x-healthcheck`. */
export const PROBE_KINDS: readonly HealthProbeTest['kind'][] = ['http', 'tcp', 'unix', 'log']

/** Reads the test of `x-healthcheck`; undefined if there is none that means something. */
export function readProbeTest(service: MapNode): HealthProbeTest | undefined {
  const map = valueAt(service, PROBE_TEST)
  if (map?.kind !== 'map') return undefined
  for (const kind of PROBE_KINDS) {
    const text = textAt(map, kind)
    if (text !== undefined) return parseProbeTest(kind, text)
  }
  return undefined
}

/** Returns the test that `text` says, below the key of its kind; undefined if it says none. */
export function parseProbeTest(kind: HealthProbeTest['kind'], text: string): HealthProbeTest | undefined {
  switch (kind) {
    case 'tcp': {
      const port = parsePort(text)
      return port === undefined ? undefined : { kind, port }
    }
    case 'http': {
      const [, digits = '', path = '/'] =
        /^(?:http:\/\/(?:localhost|127\.0\.0\.1))?:?(\d+)(\/\S*)?$/.exec(text) ?? []
      const port = parsePort(digits)
      return port === undefined ? undefined : { kind, port, path }
    }
    case 'unix':
      return text.startsWith('/') && !text.includes('\0') ? { kind, path: text } : undefined
    case 'log':
      return isPattern(text) ? { kind, pattern: text } : undefined
    default:
      return assertNever(kind)
  }
}

function parsePort(text: string): number | undefined {
  const port = /^\d{1,5}$/.test(text) ? Number(text) : 0
  return port >= 1 && port <= 65_535 ? port : undefined
}

function isPattern(text: string): boolean {
  try {
    return text !== '' && new RegExp(text, 'u') instanceof RegExp
  } catch {
    return false
  }
}
