import { TcomposeError } from '../../../base/tcompose-error.ts'
import { printable } from '../image-errors.ts'

/** The registry refuses the image to this user. */
export function imageDenied(reference: string, host: string, hasCredentials: boolean): TcomposeError {
  const who = hasCredentials ? 'the user that is logged in there' : 'a user that is not logged in'
  return new TcomposeError(
    'image-denied',
    `Cannot get image "${reference}": ${host} refuses it to ${who}, expected the right to pull`,
    {
      hint: hasCredentials
        ? `Check the name; log in to ${host} again if the password is old, or ask for the right to pull`
        : `Check the name, or log in: tcompose reads what \`docker login ${host}\` or \`skopeo login --compat-auth-file ~/.docker/config.json ${host}\` writes`,
    },
  )
}

/** No connection could be made or kept. `problem` says what is known of the reason. */
export function registryUnreachable(reference: string, reason: NetworkReason): TcomposeError {
  return new TcomposeError(
    'registry-unreachable',
    `Cannot get image "${reference}": ${reason.problem}, expected an answer`,
    { hint: reason.hint, cause: reason.cause },
  )
}

/** Why a request got no answer, in words for the user. */
export interface NetworkReason {
  readonly problem: string
  readonly hint: string
  readonly cause: unknown
}

/** The registry answers, but not with what the image is made of. `problem` completes "Cannot get image ...: ". */
export function pullFailed(reference: string, problem: string, cause?: unknown): TcomposeError {
  return new TcomposeError('image-pull', `Cannot get image "${reference}": ${printable(problem)}`, {
    hint: 'Run the command again: what came whole is kept. If it fails again, the registry or a proxy on the way is at fault',
    cause,
  })
}

/** The registry has had too many requests. `waitMs` is how long it asks to wait, where it does. */
export function rateLimited(reference: string, host: string, waitMs: number | undefined): TcomposeError {
  const wait = waitMs === undefined ? '' : ` for another ${Math.ceil(waitMs / 1000)} s`
  return new TcomposeError(
    'registry-rate-limit',
    `Cannot get image "${reference}": ${host} takes no more requests from here${wait}, expected it to serve one`,
    {
      hint: `Wait${wait}, log in to ${host} for a higher limit, or name a mirror in registries.json (docs/registries.md)`,
    },
  )
}

/** A file that says how to reach registries cannot be used. */
export function settingsInvalid(path: string, problem: string, cause?: unknown): TcomposeError {
  return new TcomposeError('registry-settings', `Cannot read "${path}": ${printable(problem)}`, {
    hint: 'Correct the file; docs/registries.md shows its form',
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
