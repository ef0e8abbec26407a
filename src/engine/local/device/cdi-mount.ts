import { existsSync, readFileSync, statSync } from 'node:fs'
import { posix } from 'node:path'
import { forbiddenTarget } from '../../../model/mount-target.ts'
import type { CdiMount } from '../../../oci/cdi/cdi-spec.ts'
import type { ResolvedMount } from '../mount/resolved-mount.ts'
import { type Edited, missing, notDone } from './cdi-edited.ts'

/** Returns the mount that a specification asks for. @throws {TcomposeError} `cdi-spec`, `device-not-found`. */
export function cdiMount(mount: CdiMount, edited: Edited): ResolvedMount {
  const { hostPath, containerPath, type = '', options = [] } = mount
  const destination = posix.resolve('/', containerPath)
  const problem = forbiddenTarget(destination)
  if (problem !== undefined) throw notDone(`a mount at ${destination}: ${problem}`, edited)
  const { origin } = edited
  const isBind = ['', 'none', 'bind'].includes(type) || options.some(option => /^r?bind$/.test(option))
  if (!isBind) {
    if (type !== 'tmpfs') throw notDone(`a mount of type "${type}"`, edited)
    return {
      mount: { destination, type, source: 'tmpfs', options },
      extras: { label: 'tmpfs', origin, files: { kind: 'empty' } },
    }
  }
  const stats = statSync(hostPath, { throwIfNoEntry: false })
  if (stats === undefined) throw missing(`"${hostPath}"`, hostPath, edited)
  const bind = options.some(option => /^r?bind$/.test(option)) ? options : ['rbind', ...options]
  return {
    mount: { destination, type: 'bind', source: hostPath, options: bind },
    extras: {
      label: hostPath,
      origin,
      files: { kind: 'host', isFile: !stats.isDirectory(), beneath: undefined },
    },
  }
}

/** The driver's file that lets its programs make nodes. */
const NVIDIA_PARAMS = '/proc/driver/nvidia/params'

/** Returns a mount over that file, if there is one, that lets them make none. */
export function fixedNodes({ origin }: Edited): readonly ResolvedMount[] {
  if (!existsSync(NVIDIA_PARAMS)) return []
  const content = readFileSync(NVIDIA_PARAMS, 'utf8').replace(
    /^(ModifyDeviceFiles:\s*)1$/m,
    (_, name) => `${name}0`,
  )
  const files = { kind: 'content', content: Buffer.from(content), mode: 0o444, uid: 0, gid: 0 } as const
  return [
    {
      mount: {
        destination: NVIDIA_PARAMS,
        type: 'tmpfs',
        source: 'tmpfs',
        options: ['nosuid', 'nodev', 'noexec'],
      },
      extras: { label: 'the parameters of the driver', origin, files },
    },
  ]
}
