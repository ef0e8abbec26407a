import type { Diagnostic } from '../../base/diagnostic.ts'
import type { SourceSpan } from '../../base/source-span.ts'
import type { AliasPath } from '../document/alias-path.ts'
import type { ProjectEnvironment } from '../environment/project-environment.ts'
import type { LoadPorts, LoadRequest, OptionalStage } from '../load-request.ts'

/** What all layers of one load share: the request, and where they put what they find. */
export class LoadSession {
  readonly request: LoadRequest
  readonly ports: LoadPorts
  readonly findings: Findings = { reading: [], interpolation: [], structure: [], form: [], merging: [] }
  readonly aliasPaths: Map<SourceSpan, AliasPath> = new Map()
  /** By the very span object of the value. */
  readonly templates: Map<SourceSpan, ExpandedTemplate> = new Map()
  /** What secrets and configs of included projects hold, whose variables end with them, by the very span object of `environment`. */
  readonly contents: Map<SourceSpan, string> = new Map()
  /** Services in circles of `extends` that were reported, as `path#service`. */
  readonly circles: Set<string> = new Set()

  constructor(request: LoadRequest, ports: LoadPorts) {
    this.request = request
    this.ports = ports
  }

  leavesOut(stage: OptionalStage): boolean {
    return this.request.leaveOut?.includes(stage) ?? false
  }
}

/** Diagnostics by stage: what an early stage found explains what a later one finds in the same place. */
export interface Findings {
  /** With an error here parts of the project are missing, so the whole cannot be judged. */
  readonly reading: Diagnostic[]
  readonly interpolation: Diagnostic[]
  readonly structure: Diagnostic[]
  readonly form: Diagnostic[]
  readonly merging: Diagnostic[]
}

/** The text of a value before its variables were replaced, and what they were replaced with. */
export interface ExpandedTemplate {
  readonly text: string
  readonly environment: ProjectEnvironment
}
