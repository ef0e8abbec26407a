import { existsSync, mkdirSync, statSync } from 'node:fs'
import { TcomposeError } from '../../../base/tcompose-error.ts'
import type { BindMount } from '../../../model/mount.ts'
import { hostMount } from './host-mount.ts'
import type { MountKind } from './mount-kind.ts'
import { ownerMappingProblem } from './owner-mapping-problem.ts'

/** A folder or file of the host. */
export const bindMount: MountKind<'bind'> = {
  check(mount) {
    if (!mount.createHostPath && !existsSync(mount.source)) return [sourceNotFound(mount)]
    const problem = ownerMappingProblem(mount)
    return problem === undefined ? [] : [problem]
  },

  prepare: async mount => ensureSource(mount),

  resolve(mount) {
    // It may have been cleaned away since the container was made.
    ensureSource(mount)
    const { source, origin, target, readOnly, recursive, propagation, matchesUser } = mount
    const isFile = !statSync(source).isDirectory()
    const resolved = hostMount({ path: source, isFile, target, readOnly, recursive, propagation, origin })
    return matchesUser ? { ...resolved, matchesUser } : resolved
  },
}

/** Makes a source that is missing as an empty folder where that is allowed. */
function ensureSource(mount: BindMount): void {
  if (existsSync(mount.source)) return
  if (!mount.createHostPath) throw sourceNotFound(mount)
  mkdirSync(mount.source, { recursive: true, mode: 0o755 })
}

function sourceNotFound({ source, origin }: BindMount): TcomposeError {
  return new TcomposeError('bind-source-not-found', `Cannot mount "${source}": it does not exist`, {
    hint: 'Create it, correct the path, or set "create_host_path: true" to have an empty folder created',
    origin,
  })
}
