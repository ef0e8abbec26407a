import type { Dockerfile, Stage } from '../../../model/dockerfile.ts'

/** Returns the stages that `stage` starts from, itself included: the one with an image comes first. */
export function lineageOf(stage: Stage, { stages }: Dockerfile): readonly Stage[] {
  const lineage = [stage]
  let index = stages.indexOf(stage)
  for (;;) {
    const base = lineage[0]?.from.image.text.toLowerCase()
    index = stages.findLastIndex(({ from }, at) => at < index && from.name?.text.toLowerCase() === base)
    const found = stages[index]
    if (found === undefined) return lineage
    lineage.unshift(found)
  }
}
