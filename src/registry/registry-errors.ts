import { TcomposeError } from '../base/tcompose-error.ts'
import { printable } from '../oci/image-errors.ts'
import { purposeText, type RegistryPurpose } from './registry-purpose.ts'

/** Who is refused, by whom, and in which words. */
export interface Denial {
  readonly host: string
  readonly hasCredentials: boolean
  /** What the registry says, in brackets; may be empty. */
  readonly explanation: string
}

/** The registry refuses the image to this user. */
export function imageDenied(
  purpose: RegistryPurpose,
  { host, hasCredentials, explanation }: Denial,
): TcomposeError {
  if (purpose.kind === 'log-in') return loginRefused(purpose, explanation)
  const who = hasCredentials ? 'the user who is logged in there' : 'a user who is not logged in'
  const right = purpose.kind === 'pull' ? 'pull' : 'push'
  return new TcomposeError(
    'image-denied',
    `Cannot ${purposeText(purpose)}: ${host} denies it to ${who}${printable(explanation)}, expected permission to ${right}`,
    {
      hint: hasCredentials
        ? `Check the name; log in to ${host} again if the password is old, or ask for permission to ${right}`
        : `Check the name, or log in with \`tcompose login${host === 'docker.io' ? '' : ` ${host}`}\`, as the user who runs this command: under sudo, root's log-ins count`,
    },
  )
}

function loginRefused(purpose: RegistryPurpose, explanation: string): TcomposeError {
  return new TcomposeError(
    'registry-login',
    `Cannot ${purposeText(purpose)}: it does not accept the user name and password${printable(explanation)}`,
    {
      hint: 'Try again; an account with two-factor authentication needs an access token instead of the password',
    },
  )
}

/** No connection could be made or kept while an image was pulled. `reason` says what is known. */
export function registryUnreachable(reference: string, reason: NetworkReason): TcomposeError {
  return unreachable({ kind: 'pull', reference }, reason)
}

/** No connection could be made or kept. `reason` says what is known. */
export function unreachable(purpose: RegistryPurpose, reason: NetworkReason): TcomposeError {
  return new TcomposeError('registry-unreachable', `Cannot ${purposeText(purpose)}: ${reason.problem}`, {
    hint: reason.hint,
    cause: reason.cause,
  })
}

/** Why a request got no answer, in words for the user. */
export interface NetworkReason {
  readonly problem: string
  readonly hint: string
  readonly cause: unknown
}

/** The registry answers, but not with what the image is made of. `problem` completes "Cannot get image ...: ". */
export function pullFailed(reference: string, problem: string, cause?: unknown): TcomposeError {
  return requestFailed({ kind: 'pull', reference }, problem, cause)
}

/** The registry answers, but not with what is needed. `problem` completes "Cannot push image ...: " and its like. */
export function requestFailed(purpose: RegistryPurpose, problem: string, cause?: unknown): TcomposeError {
  return new TcomposeError(
    FAILURE_CODES[purpose.kind],
    `Cannot ${purposeText(purpose)}: ${printable(problem)}`,
    { hint: FAILURE_HINTS[purpose.kind], cause },
  )
}

const FAILURE_CODES = {
  pull: 'image-pull',
  push: 'image-push',
  publish: 'image-push',
  'log-in': 'registry-login',
} as const
const FAILURE_HINTS: Readonly<Record<RegistryPurpose['kind'], string>> = {
  pull: 'Run the command again: complete downloads are kept. If it fails again, the registry or a proxy in between is at fault',
  push: 'Run the command again: blobs that the registry has are not sent again. If it fails again, the registry or a proxy in between is at fault',
  publish:
    'Run the command again: what the registry has is not sent again. If it fails again, the registry or a proxy in between is at fault',
  'log-in': 'Check the name; if it is right, the registry or a proxy in between is at fault',
}

/** Which registry has had too many requests. */
export interface RateLimit {
  readonly host: string
  /** How long it asks to wait, where it does. */
  readonly waitMs: number | undefined
  readonly hasCredentials: boolean
  /** What the registry says, in brackets; may be empty. */
  readonly explanation: string
}

/** The registry has had too many requests. */
export function rateLimited(
  purpose: RegistryPurpose,
  { host, waitMs, hasCredentials, explanation }: RateLimit,
): TcomposeError {
  const wait = waitMs === undefined ? '' : ` for another ${Math.ceil(waitMs / 1000)} s`
  const logIn = `log in with \`tcompose login${host === 'docker.io' ? '' : ` ${host}`}\` for a higher limit, `
  return new TcomposeError(
    'registry-rate-limit',
    `Cannot ${purposeText(purpose)}: ${host} accepts no more requests from this machine${wait}${printable(explanation)}`,
    {
      hint: `Wait${wait}, ${hasCredentials ? '' : logIn}or name a mirror in registries.json (docs/registries.md)`,
    },
  )
}

/** A file that says how to reach registries cannot be used. */
export function settingsInvalid(path: string, problem: string, cause?: unknown): TcomposeError {
  return new TcomposeError('registry-settings', `Cannot read "${path}": ${printable(problem)}`, {
    hint: 'Correct the file; docs/registries.md describes its format',
    cause,
  })
}

/** What the name leads to is no image that can be run here. */
export function notRunnable(reference: string, problem: string): TcomposeError {
  return new TcomposeError(
    'image-source-unsupported',
    `Cannot use image "${reference}": ${printable(problem)}, expected an OCI or Docker image (schema 2)`,
    { hint: 'Use another tag, or have the image pushed again with a current tool' },
  )
}
