import { existsSync, realpathSync } from 'node:fs'
import { posix } from 'node:path'
import type { ModelPath } from '../../../base/model-path.ts'
import { type DeviceNode, readDevice } from '../../../linux/list-devices.ts'
import type { DeviceRule } from '../../../model/device-rule.ts'
import type { CdiDeviceNode } from '../../../oci/cdi/cdi-spec.ts'
import { type Edited, missing } from './cdi-edited.ts'
import type { ContainerNode } from './container-devices.ts'

/** A node for a container, and what it may do with it. */
export interface AllowedNode {
  readonly node: ContainerNode
  readonly rule: DeviceRule
}

/**
 * Returns the node that a specification asks for. What it leaves out is that of the host's node.
 *
 * @throws {TcomposeError} `device-not-found` if there is none, and the specification does not say its numbers.
 */
export function cdiNode(wanted: CdiDeviceNode, edited: Edited): AllowedNode {
  const found = numbersOf(wanted, edited)
  const { kind, major, minor } = found
  return {
    node: containerNode(wanted, found, edited.origin),
    rule: { kind, major, minor, access: wanted.permissions || 'rwm' },
  }
}

function numbersOf(wanted: CdiDeviceNode, edited: Edited): DeviceNode {
  const { path, hostPath = path, type = '', major = 0, minor = 0 } = wanted
  const [found] = existsSync(hostPath) ? readDevice(realpathSync(hostPath)) : []
  const kind = type === 'b' ? 'block' : 'character'
  if (type !== '' && (major !== 0 || minor !== 0))
    return { path, uid: 0, gid: 0, mode: found?.mode ?? 0o666, kind, major, minor }
  if (found === undefined) throw missing(`device "${hostPath}"`, hostPath, edited)
  if (type !== '' && kind !== found.kind)
    throw missing(`device "${hostPath}" as a ${kind} device`, hostPath, edited)
  return found
}

/** A node without an owner is the process's, as https://github.com/cncf-tags/container-device-interface has it. */
function containerNode(node: CdiDeviceNode, found: DeviceNode, origin: ModelPath): ContainerNode {
  const { path, fileMode, uid, gid } = node
  return {
    ...found,
    path: posix.resolve('/', path),
    mode: fileMode === undefined ? found.mode : fileMode & 0o7777,
    uid: uid ?? 0,
    gid: gid ?? 0,
    origin,
    ...(uid === undefined && { hasUidOfProcess: true }),
    ...(gid === undefined && { hasGidOfProcess: true }),
  }
}
