import type { LinuxSpec } from '../../oci/runtime-spec.ts'
import type { LaunchStep } from './launch-op.ts'
import { step } from './launch-steps.ts'

/** Returns the steps that hide and write-protect paths; one that the kernel lacks is left out. */
export function maskSteps({
  maskedPaths = [],
  readonlyPaths = [],
}: Pick<LinuxSpec, 'maskedPaths' | 'readonlyPaths'>): readonly LaunchStep[] {
  return [
    ...maskedPaths.map(path => step({ op: 'mask-path', path }, { purpose: `hide ${path}`, optional: true })),
    ...readonlyPaths.map(path =>
      step({ op: 'read-only-path', path }, { purpose: `make ${path} read-only`, optional: true }),
    ),
  ]
}
