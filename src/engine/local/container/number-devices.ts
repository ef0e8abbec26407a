import { type Stats, statSync } from 'node:fs'
import { errnoNameOf } from '../../../base/errno-name-of.ts'
import { servicePath } from '../../../base/model-path.ts'
import { TcomposeError } from '../../../base/tcompose-error.ts'
import type { NumberedBlockIo } from '../../../linux/cgroup/block-io-writes.ts'
import { deviceNumbers } from '../../../linux/list-devices.ts'
import type { BlockIoLimits } from '../../../model/block-io.ts'

/**
 * Returns the limits of a service with the numbers of the devices in place of their paths.
 *
 * @throws {TcomposeError} `bad-value` for a path that is no block device.
 */
export function numberDevices(service: string, limits: BlockIoLimits): NumberedBlockIo {
  return {
    ...limits,
    weightOfDevices: limits.weightOfDevices.map(one => ({ ...one, path: numberOf(service, one.path) })),
    rates: limits.rates.map(one => ({ ...one, path: numberOf(service, one.path) })),
  }
}

function numberOf(service: string, path: string): string {
  const stats = statOf(path)
  if (stats?.isBlockDevice()) {
    const { major, minor } = deviceNumbers(stats.rdev)
    return `${major}:${minor}`
  }
  const reason = stats === undefined ? 'it does not exist' : 'it is no block device'
  const message = `Cannot limit device "${path}" of service "${service}": ${reason}`
  throw new TcomposeError('bad-value', message, {
    hint: 'lsblk(8) shows the block devices of this machine',
    origin: servicePath(service, 'blkio_config'),
  })
}

function statOf(path: string): Stats | undefined {
  try {
    return statSync(path, { throwIfNoEntry: false })
  } catch (error) {
    if (['ENOTDIR', 'EACCES', 'ELOOP'].includes(errnoNameOf(error) ?? '')) return undefined
    throw error
  }
}
