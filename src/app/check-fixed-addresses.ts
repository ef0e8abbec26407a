import type { Diagnostic } from '../base/diagnostic.ts'
import { type Origins, originOf } from '../model/project.ts'
import { type AddressClash, addressClashes, type DesiredState } from '../planner/index.ts'

/** Returns an error for each address that `desired` has more than one container for, with both places of the file. */
export function checkFixedAddresses(desired: DesiredState, origins: Origins): readonly Diagnostic[] {
  return addressClashes(desired).map(clash => clashError(clash, origins))
}

function clashError({ address, network, earlier, later }: AddressClash, origins: Origins): Diagnostic {
  const span = originOf(origins, later.origin)
  const first = originOf(origins, earlier.origin)
  const isOneEntry = earlier.origin === later.origin
  const reason = isOneEntry ? `it has ${later.replicas} replicas` : `service "${earlier.service}" has it too`
  return {
    severity: 'error',
    code: 'conflicting-keys',
    message: `Cannot give service "${later.service}" address "${address}" on network "${network}": ${reason}`,
    ...(span === undefined ? {} : { span }),
    hint: isOneEntry
      ? 'Run one replica, or leave the address out'
      : 'Choose another address for one of the two',
    ...(isOneEntry || first === undefined
      ? {}
      : { related: [{ message: 'the other is here', span: first }] }),
  }
}
