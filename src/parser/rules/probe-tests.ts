import type { Diagnostic } from '../../base/diagnostic.ts'
import { suggestOneOf } from '../../base/did-you-mean.ts'
import type { HealthProbeTest } from '../../model/service.ts'
import { type Entry, entriesOf, type MapNode, stringOf } from '../document/node.ts'
import { PROBE_KINDS, PROBE_TEST, parseProbeTest } from '../project/read-probe-test.ts'
import { ON_UNHEALTHY } from '../project/read-unhealthy-reaction.ts'
import { flagAt, mapAtPath } from '../project/read-values.ts'
import { eachService, errorAt, type Rule, valueAt } from './rule-context.ts'

/** `x-healthcheck` has one test, and `x-on-unhealthy` is for services that may become unhealthy. */
export const checkProbeTests: Rule = input =>
  eachService(input, (service, name) => [...checkTest(service, name), ...checkReaction(service, name)])

function checkTest(service: MapNode, name: string): readonly Diagnostic[] {
  const value = valueAt(service, PROBE_TEST)
  if (value === undefined) return []
  const entries = [...entriesOf(value)]
  const wrong = entries.flatMap(([key, entry]) => entryProblems(key, entry, name))
  if (wrong.length > 0 || entries.length === 1) return wrong
  const message = `Cannot use "${PROBE_TEST}" of service "${name}": expected one of ${PROBE_KINDS.join(', ')}`
  return [errorAt(value, 'bad-value', { message, hint: 'Write e.g. {http: 8080/ready}' })]
}

function entryProblems(key: string, { keySpan, value }: Entry, name: string): readonly Diagnostic[] {
  const kind = PROBE_KINDS.find(known => known === key)
  if (kind === undefined) {
    const message = `Unknown key "${key}" in "${PROBE_TEST}" of service "${name}"`
    return [errorAt({ span: keySpan }, 'unknown-key', { message, hint: suggestOneOf(key, PROBE_KINDS) })]
  }
  const text = value.kind === 'scalar' && value.value !== null ? String(value.value) : undefined
  if (text !== undefined && parseProbeTest(kind, text) !== undefined) return []
  const message = `Cannot use "${PROBE_TEST}.${kind}" of service "${name}": expected ${EXPECTED[kind]}`
  return [errorAt(value, 'bad-value', { message })]
}

const EXPECTED: Readonly<Record<HealthProbeTest['kind'], string>> = {
  http: 'a port of the container and a path, such as 8080/ready',
  tcp: 'a port of the container, such as 5432',
  unix: 'the path of a socket in the container, such as /run/app.sock',
  log: 'a regular expression',
}

function checkReaction(service: MapNode, name: string): readonly Diagnostic[] {
  const value = valueAt(service, ON_UNHEALTHY)
  if (value === undefined) return []
  if (!['restart', 'stop'].includes(stringOf(value) ?? '')) {
    const message = `Cannot use "${ON_UNHEALTHY}" of service "${name}": expected "restart" or "stop"`
    return [errorAt(value, 'bad-value', { message })]
  }
  if (flagAt(mapAtPath(service, ['healthcheck']), 'disable') !== true) return []
  const message = `Cannot use "${ON_UNHEALTHY}" of service "${name}": its health check is disabled`
  return [errorAt(value, 'conflicting-keys', { message })]
}
