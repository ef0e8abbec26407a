import { TcomposeError } from '../../../../base/tcompose-error.ts'
import type { RunMount } from '../../../../planner/build/build-graph.ts'
import type { ResolvedMount } from '../../mount/resolved-mount.ts'
import { contentMount } from './content-mount.ts'
import type { RunSecret } from './run-request.ts'

type SecretMount = Extract<RunMount, { kind: 'secret' }>

/** What a command has of a secret. */
export interface SecretParts {
  readonly mounts: readonly ResolvedMount[]
  /** `NAME=value` lines. */
  readonly environment: readonly string[]
}

/** Of its file where neither the mount nor the secret has another. */
const MODE = 0o400

/**
 * Returns what a command has of a secret, which is on no disk. One that is missing and not required has no file, and its
 * variable is empty, as with BuildKit.
 *
 * @throws {TcomposeError} `build-secret` if it is required and missing, or no text where a variable is to hold it.
 */
export function secretParts(mount: SecretMount, secret: RunSecret | undefined): SecretParts {
  const { id, target, variable, isRequired, span } = mount
  if (secret === undefined && isRequired) {
    throw new TcomposeError('build-secret', `Cannot mount secret "${id}": it is not given`, {
      span,
      hint: `Give it under "secrets" of the build, or mount it without "required"`,
    })
  }
  return {
    mounts: secret === undefined || target === undefined ? [] : [fileOf(mount, target, secret)],
    environment: variable === undefined ? [] : [`${variable}=${textFor(mount, secret)}`],
  }
}

function fileOf(mount: SecretMount, target: string, secret: RunSecret): ResolvedMount {
  return contentMount({
    target,
    label: `secret "${mount.id}"`,
    options: ['nosuid', 'nodev', 'noexec'],
    file: {
      content: secret.content,
      mode: mount.mode ?? secret.mode ?? MODE,
      uid: mount.uid ?? secret.uid ?? 0,
      gid: mount.gid ?? secret.gid ?? 0,
    },
  })
}

function textFor({ id, variable, span }: SecretMount, secret: RunSecret | undefined): string {
  const text = Buffer.from(secret?.content ?? []).toString('utf8')
  if (!text.includes('\0')) return text
  throw new TcomposeError(
    'build-secret',
    `Cannot set ${variable} to secret "${id}": it holds a NUL byte, expected text`,
    { span, hint: 'Mount it as a file, with "target"' },
  )
}
