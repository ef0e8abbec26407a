import { type Diagnostic, hasErrors } from '../../base/diagnostic.ts'
import type { BaseImage, BuildGraph } from './build-graph.ts'
import type { BuildPlanning, BuildPlanRequest, NeededImage } from './build-request.ts'
import { checkUnneeded } from './check-unneeded.ts'
import { findTarget } from './find-target.ts'
import { globalScope } from './global-scope.ts'
import { imageDocument } from './image-document.ts'
import { neededStages } from './needed-stages.ts'
import { type PlannedStages, planStages } from './plan-stages.ts'
import { stageNodes } from './stage-node.ts'
import { unusedArguments } from './unused-arguments.ts'

/**
 * Plans a build. `images` has the configurations of the images that an earlier call asked for; a build is planned when
 * all that it needs are there. All mistakes that can be seen by then are told at once.
 */
export function planBuild(request: BuildPlanRequest, images: ReadonlyMap<string, BaseImage>): BuildPlanning {
  const globals = globalScope(request)
  const nodes = stageNodes(request, globals.variables)
  const target = findTarget(nodes.value, request.target)
  const early = [...globals.diagnostics, ...nodes.diagnostics, ...target.diagnostics]
  if (target.value === undefined) return invalid(early)
  const needed = neededStages(target.value, { request, nodes: nodes.value, images })
  const unneeded = checkUnneeded(nodes.value, index => needed.commands.has(index))
  const known = [...early, ...needed.diagnostics, ...unneeded]
  const missing = needed.images.filter(({ key }) => !images.has(key))
  // Without what a stage starts from, its instructions may only look wrong.
  const lacksBase = hasErrors(early) || missing.length > 0 || known.some(isDamagedImage)
  if (lacksBase && hasErrors(known)) return invalid(known, hasErrors(early) ? [] : missing)
  if (missing.length > 0) return { kind: 'needs-images', images: missing }
  const { commands } = needed
  const stages = planStages({ request, globals: globals.variables, nodes: nodes.value, commands, images })
  const diagnostics = [...known, ...stages.diagnostics]
  if (hasErrors(diagnostics)) return invalid(diagnostics)
  const graph = graphOf(stages, target.value, request)
  return { kind: 'planned', graph, warnings: [...diagnostics, ...unusedArguments(request, commands)] }
}

function isDamagedImage({ code }: Diagnostic): boolean {
  return code === 'image-invalid'
}

/** In the order of the file. */
function invalid(diagnostics: readonly Diagnostic[], lacking: readonly NeededImage[] = []): BuildPlanning {
  const sorted = diagnostics.toSorted(
    ({ span: a }, { span: b }) => (a?.line ?? 0) - (b?.line ?? 0) || (a?.column ?? 0) - (b?.column ?? 0),
  )
  return { kind: 'invalid', diagnostics: sorted, ...(lacking.length > 0 && { lacking }) }
}

function graphOf({ states, steps }: PlannedStages, target: number, request: BuildPlanRequest): BuildGraph {
  const state = states.get(target)
  if (state === undefined) throw new Error(`Stage ${target} is not planned`)
  const labels = new Map([...state.settings.labels, ...request.labels])
  return {
    steps,
    result: state.tree,
    document: imageDocument({ ...state.settings, labels }, request.platform),
    history: state.history,
    baseImage: state.baseImage,
  }
}
