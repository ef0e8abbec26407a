import type { Diagnostic } from '../../base/diagnostic.ts'
import { suggestOneOf } from '../../base/did-you-mean.ts'
import { itemsOf, type MapNode, nodeAt, stringOf } from '../document/node.ts'
import { eachService, errorAt, type Rule } from './rule-context.ts'

const FIRST_WORDS = ['CMD', 'CMD-SHELL', 'NONE']

/** A test in list form starts with its kind and has something to run, and a start has a length to be probed in. */
export const checkHealthchecks: Rule = input =>
  eachService(input, (service, name) => [...checkTest(service, name), ...checkStart(service, name)])

function checkStart(service: MapNode, name: string): readonly Diagnostic[] {
  const interval = nodeAt(service, ['healthcheck', 'start_interval'])
  if (interval === undefined || nodeAt(service, ['healthcheck', 'start_period']) !== undefined) return []
  const message = `The health check of service "${name}" has a "start_interval" but no "start_period" to use it in`
  const hint = 'Add "start_period:", or remove "start_interval:"'
  return [{ ...errorAt(interval, 'no-effect-key', { message, hint }), severity: 'warning' }]
}

function checkTest(service: MapNode, name: string): readonly Diagnostic[] {
  const test = nodeAt(service, ['healthcheck', 'test'])
  if (test?.kind !== 'list') return []
  const [first, second] = itemsOf(test)
  const word = stringOf(first)
  if (first === undefined) {
    return [
      errorAt(test, 'bad-value', {
        message: `The health test of service "${name}" is empty, expected "CMD", "CMD-SHELL" or "NONE" first`,
      }),
    ]
  }
  if (word === undefined) return []
  if (!FIRST_WORDS.includes(word)) {
    const message = `The health test of service "${name}" starts with "${word}", expected "CMD", "CMD-SHELL" or "NONE"`
    const hint = suggestOneOf(word, FIRST_WORDS)
    return [
      errorAt(first, 'bad-value', {
        message,
        hint: hint?.startsWith('did') ? hint : `Write ["CMD", "${word}", ...]`,
      }),
    ]
  }
  if (word === 'NONE' || second !== undefined) return []
  return [
    errorAt(first, 'bad-value', {
      message: `The health test of service "${name}" has nothing to run after "${word}"`,
    }),
  ]
}
