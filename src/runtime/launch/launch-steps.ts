import type { ModelPath } from '../../base/model-path.ts'
import type { LaunchOp, LaunchStep } from './launch-op.ts'

/** What a step is for. */
export interface StepDetails {
  /** Completes "Cannot ...". */
  readonly purpose: string
  /** The model path behind the step. */
  readonly origin?: ModelPath | undefined
  /** ENOENT, ENOTDIR and EACCES are no failure. */
  readonly optional?: boolean
}

/** Returns `op` with what it is for. */
export function step(op: LaunchOp, { purpose, origin, optional = false }: StepDetails): LaunchStep {
  return { op, purpose, optional, origin }
}

/** Arguments of mount(2); what is left out is 0 or empty, and the source is named like the type. */
export interface MountCall {
  readonly type: string
  readonly target: string
  readonly flags?: number
  readonly data?: string
  readonly source?: string
}

/** Returns a step that mounts a filesystem which the container gets whatever its file says. */
export function mountStep(call: MountCall, details?: StepDetails): LaunchStep {
  const { type, target, flags = 0, data = '', source = type } = call
  return step(
    { op: 'mount', source, target, type, flags, data },
    details ?? { purpose: `mount ${type} at ${target}` },
  )
}

/** Returns a step that makes `target`, if it is missing, for something to be mounted on. */
export function targetStep(target: string, directory: boolean, details?: StepDetails): LaunchStep {
  const mode = directory ? 0o755 : 0o644
  return step(
    { op: 'make-target', target, directory, mode },
    details ?? { purpose: `make mount point ${target}` },
  )
}

const ENCODER = new TextEncoder()

/** Writes `content` to a file that exists. */
export function writeStep(path: string, content: string, details: StepDetails): LaunchStep {
  return step({ op: 'write-file', path, content: ENCODER.encode(content), create: false, mode: 0 }, details)
}
