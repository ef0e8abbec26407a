import type { Checked } from '../../base/diagnostic.ts'
import type { Project } from '../../model/project.ts'
import type { LoadPorts, LoadRequest } from '../../parser/load-request.ts'
import type { LocatedProject } from '../../parser/project/read-project.ts'
import type { RecordingPorts } from './load-inputs.ts'

/**
 * Remembers what loads gave, with the questions that they asked of the world. A load is a function of its request and
 * of the answers, so as long as every answer is the same, so is the project. Of the answers a hash is kept, and of what
 * configs and secrets hold, where in the answers it stands. A memo that cannot be read or written counts as none.
 */
export interface LoadMemo {
  /** Returns what `request` gave, if all that it asked has the answers from `ports` that it had then. */
  recall(request: LoadRequest, ports: LoadPorts): Checked<Project> | undefined
  /** Keeps what `request` gave, unless there are errors or it depends on what cannot be asked again. */
  remember(request: LoadRequest, loaded: Checked<LocatedProject>, ports: RecordingPorts): void
}
