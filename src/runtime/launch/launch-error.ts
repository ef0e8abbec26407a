import { getSystemErrorMessage } from 'node:util'
import type { ErrorName } from '../../base/error-codes.ts'
import { type ModelPath, servicePath } from '../../base/model-path.ts'
import { TcomposeError } from '../../base/tcompose-error.ts'
import type { LaunchOp, LaunchStep } from './launch-op.ts'
import { mountKindClash } from './mount-kind-clash.ts'

/** The keeper's answer to a launch that failed. */
export interface FailedStep {
  /** The step that failed, counted from 0; -1 if it failed before the first. */
  readonly index: number
  readonly errno: number
  /** E.g. `ENOENT`. */
  readonly errnoName: string
  /** The call that failed and its object, e.g. `move_mount /data`. */
  readonly what: string
}

/** Returns what failed in the user's words: the step, the reason, the line behind it and what to do next. */
export function launchError(
  failure: FailedStep,
  program: readonly LaunchStep[],
  service: string,
): TcomposeError {
  const { code, message, origin, ...details } = explainLaunch(failure, program, `service "${service}"`)
  return new TcomposeError(code, message, { ...details, origin: origin ?? servicePath(service) })
}

/** A failed launch in the user's words. */
export interface ExplainedLaunch {
  readonly code: ErrorName
  readonly message: string
  readonly hint?: string
  readonly notes: readonly string[]
  /** Of the step that failed. */
  readonly origin?: ModelPath
}

/** Explains a failed launch of `subject`, e.g. `service "web"`. */
export function explainLaunch(
  failure: FailedStep,
  program: readonly LaunchStep[],
  subject: string,
): ExplainedLaunch {
  const step = program[failure.index]
  const notes = [`System call: ${failure.what} (${failure.errnoName})`]
  if (step === undefined) {
    const message = `Cannot start ${subject}: ${failure.what}: ${errnoText(failure)}`
    return { code: 'container-launch', message, notes }
  }
  const { reason, hint } = mountKindClash(step.op, failure, program) ?? explain(step.op, failure)
  // It is opened with the last step before the program, whichever that is.
  const purpose = failure.what === NULL_OPENING && step.op.op !== 'exec' ? 'open /dev/null' : step.purpose
  return {
    code: launchErrorName(step.op, failure),
    message: `Cannot ${purpose} ${step.op.op === 'exec' ? 'in' : 'of'} ${subject}: ${reason}`,
    notes,
    ...(step.origin !== undefined && { origin: step.origin }),
    ...(hint !== undefined && { hint }),
  }
}

function launchErrorName(op: LaunchOp, { errnoName }: FailedStep): ErrorName {
  if (op.op !== 'exec') return 'container-launch'
  if (errnoName === 'ENOENT' || errnoName === 'ENOTDIR') return 'program-not-found'
  return errnoName === 'EACCES' || errnoName === 'ENOEXEC' ? 'program-not-executable' : 'container-launch'
}

interface Explanation {
  readonly reason: string
  readonly hint?: string
}

const FORBIDDEN_PLACE: Explanation = {
  reason: 'a link leads the target into /proc or to the root',
  hint: 'Choose another target, or remove the link from the image or the volume',
}

const LINK_ON_THE_WAY: Explanation = {
  reason: 'there is a link on the path, expected folders only',
  hint: 'Remove the link from the image or the volume',
}

const FIXED_OWNERS: Explanation = {
  reason: 'its file system, or one that is mounted below it, cannot show other owners',
  hint: 'Keep it on ext4, xfs, btrfs, f2fs, vfat or tmpfs, or remove "x-idmap" or "userns_mode"; tmpfs needs Linux 6.3',
}

const FIXED_LAYERS: Explanation = {
  reason: 'its file system cannot show the users of a user namespace as owners',
  hint: 'Use Linux 5.19 or later and a data folder on ext4, xfs, btrfs or f2fs, or remove "userns_mode"',
}

/** The kernel knows every other id that the keeper takes. */
const NO_SUCH_ID: Explanation = {
  reason: 'its user namespace has no such id',
  hint: 'Give it more ids: "userns_mode: auto" has 65536',
}
const NAMES_ID: ReadonlySet<string> = new Set(['set-uid', 'set-gid', 'set-groups'])

const OLDER_KEEPER: Explanation = {
  reason: 'the keeper of the project is of an earlier version of tcompose',
  hint: 'Run "tcompose down" and "tcompose up" to start a new one',
}

const TOO_MANY_LAYERS: Explanation = {
  reason: 'its layers are too many for one mount of this kernel',
  hint: 'Use Linux 6.5 or later, or an image with fewer layers',
}

/** The keeper gives a process the null device of its container, never the host's. */
const BROKEN_NULL: Explanation = {
  reason: 'what is at /dev/null in the container is not the null device',
  hint: 'Remove the mount at /dev, or restore the device with "tcompose restart"',
}
const NULL_OPENING = 'reopen /dev/null'

function explain(op: LaunchOp, failure: FailedStep): Explanation {
  if (failure.what === NULL_OPENING) return BROKEN_NULL
  if (op.op === 'exec') return explainExec(op, failure)
  if (op.op === 'place-tree' && failure.errnoName === 'EPERM') return FORBIDDEN_PLACE
  const ofOwners = explainOwners(op, failure)
  if (ofOwners !== undefined) return ofOwners
  if (op.op === 'open-tree-beneath' && failure.errnoName === 'ELOOP') return LINK_ON_THE_WAY
  if (
    op.op === 'mount-overlay' &&
    failure.what.startsWith('fsconfig lowerdir+ ') &&
    failure.errnoName === 'EINVAL'
  )
    return TOO_MANY_LAYERS
  if (failure.errnoName === 'ENOSYS' && failure.what.startsWith('read operation')) return OLDER_KEEPER
  const hint = hintFor(op, failure)
  return { reason: errnoText(failure), ...(hint === undefined ? {} : { hint }) }
}

function explainOwners(op: LaunchOp, failure: FailedStep): Explanation | undefined {
  if (NAMES_ID.has(op.op) && failure.errnoName === 'EINVAL') return NO_SUCH_ID
  if (!failure.what.startsWith('mount_setattr')) return undefined
  if (op.op === 'map-tree-by') return FIXED_LAYERS
  return op.op === 'map-tree' ? FIXED_OWNERS : undefined
}

function explainExec(op: Extract<LaunchOp, { op: 'exec' }>, failure: FailedStep): Explanation {
  const [program = ''] = op.argv
  switch (failure.errnoName) {
    case 'ENOENT':
    case 'ENOTDIR':
      return program.includes('/')
        ? {
            reason: 'there is no such file, or the interpreter or loader that it names is missing',
            hint: `Check that the image holds ${program}`,
          }
        : {
            reason: `it is not in ${op.candidates.map(folderOf).join(', ')}`,
            hint: 'Give the full path, or set PATH in environment',
          }
    case 'EACCES':
      return { reason: 'it is not executable', hint: `Make it executable: chmod +x ${program}` }
    case 'ENOEXEC':
      return {
        reason: 'it is not a program that this machine can run',
        hint: 'Use an image for this architecture; a script begins with a line such as #!/bin/sh',
      }
    default:
      return { reason: errnoText(failure) }
  }
}

function hintFor(op: LaunchOp, { errnoName }: FailedStep): string | undefined {
  switch (op.op) {
    case 'open-tree':
      return errnoName === 'ENOENT' ? `Create ${op.source} on the host` : undefined
    case 'mount':
      return errnoName === 'ENODEV' ? `This kernel has no ${op.type} filesystem` : undefined
    case 'set-rlimit':
      return errnoName === 'EPERM'
        ? 'The hard limit of this machine is lower, and raising it needs CAP_SYS_RESOURCE'
        : undefined
    case 'set-capabilities':
    case 'limit-bounding-set':
      return errnoName === 'EPERM' ? 'This machine does not have every capability in cap_add' : undefined
    case 'set-hostname':
    case 'set-domainname':
      return errnoName === 'EINVAL' ? 'Linux allows 64 characters at most' : undefined
    case 'write-file':
      return op.path.startsWith('/proc/sys/')
        ? 'A container can only set parameters that its namespaces own, such as net.* and kernel.shm*'
        : undefined
    default:
      return undefined
  }
}

function folderOf(candidate: string): string {
  return candidate.slice(0, candidate.lastIndexOf('/')) || '/'
}

function errnoText({ errno, errnoName }: FailedStep): string {
  return `${getSystemErrorMessage(-errno)} (${errnoName})`
}
