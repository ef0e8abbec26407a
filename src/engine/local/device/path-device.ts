import { realpathSync, statSync } from 'node:fs'
import { posix } from 'node:path'
import { errnoNameOf } from '../../../base/errno-name-of.ts'
import { TcomposeError } from '../../../base/tcompose-error.ts'
import { devicesBelow, readDevice } from '../../../linux/list-devices.ts'
import type { PathDevice } from '../../../model/device.ts'
import { isOwnDevicePlace } from '../../../model/device-target.ts'
import type { ContainerNode } from './container-devices.ts'

/**
 * Returns the nodes that a container gets for `device`: the one at its source, links followed, or all those in the
 * folder that it is, links in it left out, as Docker does.
 *
 * @throws {TcomposeError} `device-not-found` if there is none.
 */
export function pathDeviceNodes(device: PathDevice): readonly ContainerNode[] {
  const { source, target, origin } = device
  const path = realPath(device)
  if (!statSync(path).isDirectory()) {
    const [node] = readDevice(path)
    if (node === undefined) throw notADevice(device, 'it is not a device')
    return [{ ...node, path: target, origin }]
  }
  const nodes = devicesBelow(path)
  if (nodes.length === 0) throw notADevice(device, 'it is a folder without a device')
  return nodes
    .map(node => ({ ...node, path: posix.join(target, posix.relative(path, node.path)), origin }))
    .filter(node => source === target || !isOwnDevicePlace(node.path))
}

function realPath(device: PathDevice): string {
  try {
    return realpathSync.native(device.source)
  } catch (error) {
    throw new TcomposeError('device-not-found', `Cannot use device "${device.source}": ${absence(error)}`, {
      hint: 'Plug it in, load its driver, or correct the path',
      origin: device.origin,
      cause: error,
    })
  }
}

function absence(error: unknown): string {
  const name = errnoNameOf(error)
  return name === 'ENOENT' || name === 'ENOTDIR' ? 'it does not exist' : (name ?? String(error))
}

function notADevice({ source, origin }: PathDevice, state: string): TcomposeError {
  return new TcomposeError(
    'device-not-found',
    `Cannot use device "${source}": ${state}, expected a device node or a folder of them`,
    { hint: 'Mount files and folders with "volumes"', origin },
  )
}
