import { existsSync, mkdirSync } from 'node:fs'
import type { ModelPath } from '../../../base/model-path.ts'
import { TcomposeError } from '../../../base/tcompose-error.ts'
import type { BindMount } from '../../../model/mount.ts'

/**
 * Makes the source of a bind mount as an empty folder where it is missing and may be made.
 *
 * @throws {TcomposeError} `bind-source-not-found` where it may not.
 */
export function ensureBindSource({ source, createHostPath, origin }: BindMount): void {
  if (existsSync(source)) return
  if (!createHostPath) throw bindSourceNotFound(source, origin)
  mkdirSync(source, { recursive: true, mode: 0o755 })
}

/** The error for a bind mount whose source is not there and is not to be made. */
export function bindSourceNotFound(source: string, origin: ModelPath): TcomposeError {
  return new TcomposeError('bind-source-not-found', `Cannot mount "${source}": it does not exist`, {
    hint: 'Create it, correct the path, or set "create_host_path: true" to have an empty folder made',
    origin,
  })
}
