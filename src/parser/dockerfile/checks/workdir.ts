import type { Dockerfile, Stage } from '../../../model/dockerfile.ts'
import type { Check, Finding } from './check.ts'
import { lineageOf } from './stage-bases.ts'

/** The first WORKDIR of a stage is absolute, or begins with a variable. */
export const workdirRelativePath: Check = {
  name: 'WorkdirRelativePath',
  find: dockerfile => dockerfile.stages.flatMap(stage => findRelative(stage, dockerfile)),
}

function findRelative(stage: Stage, dockerfile: Dockerfile): readonly Finding[] {
  const isSet = lineageOf(stage, dockerfile)
    .slice(0, -1)
    .some(({ instructions }) => instructions.some(({ kind }) => kind === 'workdir'))
  if (isSet) return []
  const first = stage.instructions.find(({ kind }) => kind === 'workdir')
  if (first?.kind !== 'workdir' || /^["']?[/$]/.test(first.path.text)) return []
  const { text, span } = first.path
  const message = `"${text}" is relative, so where it is depends on the base image`
  return [{ message, span, hint: `write an absolute path such as "/${text}"` }]
}
