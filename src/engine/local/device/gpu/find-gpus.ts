import { GPU_VENDORS, type GpuVendor } from '../../../../model/device-request.ts'
import { findAmd } from './find-amd.ts'
import { findIntel } from './find-intel.ts'
import { findNvidia } from './find-nvidia.ts'
import type { GpuFinding } from './gpu-finding.ts'
import { SystemRoot } from './system-root.ts'

const FINDERS: Readonly<Record<GpuVendor, (root: SystemRoot) => GpuFinding>> = {
  nvidia: findNvidia,
  amd: findAmd,
  intel: findIntel,
}

/** Returns what the system at `root` has of `vendor` now. */
export function findGpus(root: string, vendor: GpuVendor): GpuFinding {
  return FINDERS[vendor](new SystemRoot(root))
}

/** Returns what the system at `root` has now, of each vendor. */
export function findAllGpus(root: string): readonly GpuFinding[] {
  return GPU_VENDORS.map(vendor => findGpus(root, vendor))
}
