import { didYouMean } from '../../../base/did-you-mean.ts'
import { editDistance } from '../../../base/edit-distance.ts'
import type { Dockerfile, Stage } from '../../../model/dockerfile.ts'
import { SCAN_ARGUMENTS } from '../../../model/dockerfile-names.ts'
import type { Check, CheckKnowledge, Finding } from './check.ts'
import { lineageOf } from './stage-bases.ts'
import { declaredNames, usesOf } from './variable-uses.ts'

/**
 * Variables are declared before they are used. Where nothing is known of the base image, only one that is a slip of a
 * declared one is reported.
 */
export const undefinedVar: Check = {
  name: 'UndefinedVar',
  find: (dockerfile, knowledge) =>
    dockerfile.stages.flatMap(stage => findUndefined(stage, dockerfile, knowledge)),
}

function findUndefined(
  stage: Stage,
  dockerfile: Dockerfile,
  { variablesOf }: CheckKnowledge,
): readonly Finding[] {
  const lineage = lineageOf(stage, dockerfile)
  const base = lineage[0]?.from ?? stage.from
  const ofBase = base.image.text === 'scratch' ? [] : variablesOf?.(base)
  const inherited = lineage.slice(0, -1).flatMap(({ instructions }) => instructions.flatMap(declaredNames))
  const known = new Set([...PREDEFINED, ...(ofBase ?? []), ...inherited])
  const isUnknown = (name: string): boolean =>
    !known.has(name) && (ofBase !== undefined || isSlip(name, known))
  const findings: Finding[] = []
  for (const { names, span, declares } of stage.instructions.flatMap(each => usesOf(each, dockerfile))) {
    for (const name of names.filter(isUnknown)) {
      findings.push({ message: `variable "${name}" is not declared`, span, hint: didYouMean(name, known) })
    }
    for (const name of declares) known.add(name)
  }
  return findings
}

/** What every stage has, and what BuildKit puts in for the tools that list the content of images. */
const PREDEFINED: readonly string[] = ['PATH', ...SCAN_ARGUMENTS]

function isSlip(name: string, known: ReadonlySet<string>): boolean {
  return [...known].some(
    other => other.length > 3 && editDistance(name.toLowerCase(), other.toLowerCase(), 2) < 2,
  )
}
