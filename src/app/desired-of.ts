import { sha256Hex } from '../base/sha256.ts'
import type { Project } from '../model/project.ts'
import { type DesiredState, type Selection, toDesiredState } from '../planner/index.ts'
import type { UpOptions } from './up-plan.ts'

/** What of a project is wanted. */
export type DesiredOptions = Pick<UpOptions, 'services' | 'noDeps' | 'scale' | 'allResources'> & {
  readonly oneOff?: Selection['oneOff'] | undefined
}

/** Returns what `up` with `options` would make of `project`; its hashes are those that containers are recorded with. */
export function desiredOf(
  project: Project,
  { services, noDeps, scale, allResources = false, oneOff }: DesiredOptions,
): DesiredState {
  // The parser has left out the services whose profiles are off.
  const selection = { services, noDeps, scale, allResources, profiles: ['*'], ...(oneOff && { oneOff }) }
  return toDesiredState(project, selection, sha256Hex)
}

/** Returns `desiredOf` with `options`, which works nothing out again for the project that it was asked about last. */
export function desiredWith(options: DesiredOptions): (project: Project) => DesiredState {
  let last: { readonly project: Project; readonly desired: DesiredState } | undefined
  return project => {
    if (last?.project !== project) last = { project, desired: desiredOf(project, options) }
    return last.desired
  }
}
