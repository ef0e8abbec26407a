import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { errnoNameOf } from '../../base/errno-name-of.ts'
import type { CapabilitySet } from '../capabilities.ts'
import type { FilterMachine } from './seccomp-filter.ts'

/** Returns the name of the file in which the build stores the filter for `capabilities`. */
export function storedFilterName(machine: FilterMachine, capabilities: CapabilitySet): string {
  return `${machine}-${capabilities.toString(16)}.bpf`
}

/** Returns the filter that the build has stored in `folder`; undefined if it has not stored this one. */
export function readStoredFilter(
  folder: string,
  machine: FilterMachine,
  capabilities: CapabilitySet,
): Uint8Array | undefined {
  try {
    return readFileSync(join(folder, storedFilterName(machine, capabilities)))
  } catch (error) {
    if (errnoNameOf(error) === 'ENOENT') return undefined
    throw error
  }
}
