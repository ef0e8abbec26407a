import { suggestOneOf } from '../../base/did-you-mean.ts'
import { SIGNAL_NAMES, signalNumber } from '../../model/signal.ts'
import { stringOf } from '../document/node.ts'
import { eachService, errorAt, type Rule, valueAt } from './rule-context.ts'

/** A stop signal is one that exists: with any other a container could not be stopped. */
export const checkStopSignals: Rule = input =>
  eachService(input, (service, name) => {
    const node = valueAt(service, 'stop_signal')
    const text = stringOf(node)
    if (node === undefined || text === undefined || signalNumber(text) !== undefined) return []
    const message = `Cannot stop service "${name}" by signal "${text}": there is no such signal, expected a name such as "SIGTERM" or a number up to 64`
    return [errorAt(node, 'bad-value', { message, hint: suggestOneOf(text.toUpperCase(), SIGNAL_NAMES) })]
  })
