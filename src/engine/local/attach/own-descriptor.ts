import { constants, fstatSync, openSync } from 'node:fs'
import { duplicateDescriptor } from '../../../linux/duplicate-descriptor.ts'

/** What a descriptor is, as far as it matters for copying without blocking. */
export type DescriptorKind = 'stream' | 'other'

/** Tells a pipe or socket, which can be waited for, from a file or device. */
export function descriptorKind(descriptor: number): DescriptorKind {
  const status = fstatSync(descriptor)
  return status.isFIFO() || status.isSocket() ? 'stream' : 'other'
}

/**
 * Returns another descriptor, which the caller owns, of what is behind `descriptor`. A pipe is opened again, so that it
 * can be made non-blocking while whoever shares `descriptor` keeps a blocking one. A socket cannot be opened again, and
 * a file has to keep its offset.
 */
export function ownDescriptor(descriptor: number, access: 'read' | 'write'): number {
  const flags = (access === 'read' ? constants.O_RDONLY : constants.O_WRONLY) | constants.O_NONBLOCK
  if (fstatSync(descriptor).isFIFO()) {
    try {
      return openSync(`/proc/self/fd/${descriptor}`, flags)
    } catch {
      // Another user's pipe, or a FIFO without a reader.
    }
  }
  return duplicateDescriptor(descriptor)
}
