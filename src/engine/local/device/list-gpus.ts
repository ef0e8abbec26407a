import type { GpuListing, ListedVendor } from '../../device-inspector.ts'
import type { DeviceSources } from '../host/device-sources.ts'
import { CdiCatalogue } from './cdi-catalogue.ts'
import { findAllGpus } from './gpu/find-gpus.ts'
import { type FoundGpu, type GpuFinding, VENDOR_DOMAINS } from './gpu/gpu-finding.ts'

/** Returns the GPUs that there are, of each vendor, and what files describe. */
export function listGpus({ cdiFolders, gpuRoot }: DeviceSources): GpuListing {
  const catalogue = new CdiCatalogue({ cdiFolders, gpuRoot })
  return {
    vendors: findAllGpus(gpuRoot).map(listed),
    described: [...catalogue.devices()].map(([name, { source }]) => ({ name, source: source.name })),
    problems: catalogue.problems(),
  }
}

function listed(finding: GpuFinding): ListedVendor {
  const { vendor } = finding
  switch (finding.kind) {
    case 'absent':
      return { vendor, state: 'absent', gpus: [] }
    case 'broken': {
      const { link, reason, remedy } = finding
      return { vendor, state: 'broken', gpus: [], link, reason, remedy }
    }
    default: {
      const { driver, gpus } = finding
      return {
        vendor,
        state: 'found',
        ...(driver !== undefined && { driver }),
        gpus: gpus.map(gpu => listedGpu(gpu, VENDOR_DOMAINS[vendor])),
      }
    }
  }
}

function listedGpu({ name, model, uuid, pciAddress, nodes, kind = 'gpu' }: FoundGpu, domain: string) {
  return {
    name: `${domain}/${kind}=${name}`,
    model,
    ...(uuid !== undefined && { uuid }),
    ...(pciAddress !== undefined && { pciAddress }),
    nodes,
  }
}
