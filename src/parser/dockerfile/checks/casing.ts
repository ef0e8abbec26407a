import type { InstructionLayout } from '../../../model/dockerfile.ts'
import type { Check, Finding } from './check.ts'

/** Names of stages are in lower case. */
export const stageNameCasing: Check = {
  name: 'StageNameCasing',
  find: ({ stages }) =>
    stages.flatMap(({ from: { name } }) => {
      const lower = name?.text.toLowerCase()
      if (name === undefined || name.text === lower) return []
      return [
        { message: `stage "${name.text}" is not in lower case`, span: name.span, hint: `write "${lower}"` },
      ]
    }),
}

/** `AS` is in the case of its `FROM`. */
export const fromAsCasing: Check = {
  name: 'FromAsCasing',
  find: ({ layout }) =>
    layout.flatMap(({ keyword, as }) => {
      const wanted = caseOf(keyword.text) === 'lower' ? 'as' : 'AS'
      if (as === undefined || caseOf(keyword.text) === undefined || as.text === wanted) return []
      const message = `"${as.text}" is in another case than "${keyword.text}"`
      return [{ message, span: as.span, hint: `write "${wanted}"` }]
    }),
}

/** All instructions are in the same case: the one that most of them have. ARGs above the first FROM do not count. */
export const consistentInstructionCasing: Check = {
  name: 'ConsistentInstructionCasing',
  find: ({ layout }) => {
    const first = layout.findIndex(({ instruction }) => instruction.kind === 'from')
    const counted = layout.slice(Math.max(0, first))
    const count = (wanted: Case): number =>
      counted.filter(({ keyword }) => caseOf(keyword.text) === wanted).length
    return otherCase(counted, count('lower') > count('upper') ? 'lower' : 'upper')
  },
}

type Case = 'lower' | 'upper'

function caseOf(word: string): Case | undefined {
  if (word === word.toLowerCase()) return 'lower'
  return word === word.toUpperCase() ? 'upper' : undefined
}

function otherCase(layout: readonly InstructionLayout[], wanted: Case): readonly Finding[] {
  return layout.flatMap(({ keyword: { text, span } }) => {
    const right = wanted === 'lower' ? text.toLowerCase() : text.toUpperCase()
    if (text === right) return []
    const message = `"${text}" is not in ${wanted} case as most instructions are`
    return [{ message, span, hint: `write "${right}"` }]
  })
}
