import type { Diagnostic } from '../base/diagnostic.ts'
import type { Origins } from '../model/project.ts'
import type { DesiredState } from '../planner/index.ts'
import { checkFixedAddresses } from './check-fixed-addresses.ts'
import { checkHostPorts } from './check-host-ports.ts'

/** Returns an error for each host port and address that containers of `desired` would have to share. */
export function checkClashes(desired: DesiredState, origins: Origins): readonly Diagnostic[] {
  return [...checkHostPorts(desired, origins), ...checkFixedAddresses(desired, origins)]
}
