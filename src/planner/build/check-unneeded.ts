import type { Diagnostic } from '../../base/diagnostic.ts'
import { diagnosticOf, InstructionError } from './instruction-error.ts'
import { noSuchStage, type StageUse, usedStages } from './instruction-sources.ts'
import type { StageNode } from './stage-node.ts'

/**
 * Checks what the stages that a target does not need name as sources: numbers that are no stage, and stages that need
 * themselves. Of those that it needs, each source must be before it anyway.
 */
export function checkUnneeded(
  nodes: readonly StageNode[],
  isNeeded: (index: number) => boolean,
): readonly Diagnostic[] {
  const uses = nodes.map(node => usedStages(node, nodes))
  return nodes.flatMap(({ index, label }) => {
    if (isNeeded(index)) return []
    const own = uses[index] ?? []
    const wrong = own.filter(use => nodes[use.index] === undefined)
    const circular = own.filter(use => use.index >= index && reaches(use.index, index, uses))
    return [
      ...wrong.map(({ word, span }) => diagnosticOf(noSuchStage(word, nodes.length), span)),
      ...circular.map(({ word, span }) => diagnosticOf(needsItself(label, word), span)),
    ]
  })
}

function reaches(start: number, end: number, uses: readonly (readonly StageUse[])[]): boolean {
  const found = new Set<number>()
  const open = [start]
  for (let index = open.pop(); index !== undefined; index = open.pop()) {
    if (index === end) return true
    if (found.has(index)) continue
    found.add(index)
    open.push(...(uses[index] ?? []).map(use => use.index))
  }
  return false
}

function needsItself(label: string, { span }: StageUse['word']): InstructionError {
  return new InstructionError(`Cannot order stage "${label}": it needs itself`, {
    span,
    hint: 'a stage can use only stages before it',
  })
}
