import { didYouMean, joinWords } from '../../base/did-you-mean.ts'
import { ISOLATIONS, parseIsolation } from '../../model/isolation.ts'
import { eachService, errorAt, type Rule, textAt, valueAt } from './rule-context.ts'

/** `x-isolation` names a class of isolation; the schema knows nothing of extensions. */
export const checkIsolations: Rule = input =>
  eachService(input, (service, name) => {
    const node = valueAt(service, 'x-isolation')
    const text = textAt(service, 'x-isolation')
    if (node === undefined || parseIsolation(text) !== undefined) return []
    const shown = text === undefined ? 'it is no text' : `there is no class "${text}"`
    const expected = joinWords(ISOLATIONS.map(word => `"${word}"`))
    return [
      errorAt(node, 'bad-value', {
        message: `Cannot use "x-isolation" of service "${name}": ${shown}, expected ${expected}`,
        hint: text === undefined ? undefined : didYouMean(text, ISOLATIONS),
      }),
    ]
  })
