import { sha256Hex } from '../base/sha256.ts'
import type { Project } from '../model/project.ts'
import { type DesiredState, toDesiredState } from '../planner/index.ts'
import type { UpOptions } from './app.ts'

/** Returns what `up` with `options` would make of `project`; its hashes are those that containers are recorded with. */
export function desiredOf(
  project: Project,
  { services, noDeps, scale }: Pick<UpOptions, 'services' | 'noDeps' | 'scale'>,
): DesiredState {
  // The parser has left out the services whose profiles are off.
  return toDesiredState(project, { services, noDeps, scale, profiles: ['*'] }, sha256Hex)
}
