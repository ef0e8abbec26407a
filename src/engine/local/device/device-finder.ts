import type { ModelPath } from '../../../base/model-path.ts'
import type { GpuVendor } from '../../../model/device-request.ts'
import { type CdiChoice, type CdiSource, indexCdiDevices } from '../../../oci/cdi/cdi-index.ts'
import type { DeviceSources } from '../host/device-sources.ts'
import { CdiCatalogue } from './cdi-catalogue.ts'
import { findGpus } from './gpu/find-gpus.ts'
import { type GpuFinding, VENDOR_NAMES } from './gpu/gpu-finding.ts'

/** What a vendor's devices are taken from. */
export type VendorDevices =
  /** Files of the folders describe them. */
  | { readonly kind: 'described'; readonly devices: ReadonlyMap<string, CdiChoice> }
  /** They were found, and a specification was made for them. */
  | {
      readonly kind: 'found'
      readonly devices: ReadonlyMap<string, CdiChoice>
      readonly finding: Extract<GpuFinding, { kind: 'found' }>
    }
  | Exclude<GpuFinding, { kind: 'found' }>

/** Finds devices by their names and by what they are. Each vendor is looked for once. */
export class DeviceFinder {
  readonly catalogue: CdiCatalogue
  readonly #gpuRoot: string
  readonly #known = new Map<string, VendorDevices>()

  constructor(sources: DeviceSources) {
    this.catalogue = new CdiCatalogue(sources)
    this.#gpuRoot = sources.gpuRoot
  }

  /**
   * Returns the devices of `kind`, e.g. `nvidia.com/gpu`, from files where some describe them.
   *
   * @throws {TcomposeError} `cdi-spec` if a file cannot be used.
   */
  ofVendor(vendor: GpuVendor, kind: string, origin: ModelPath): VendorDevices {
    this.catalogue.requireSound(origin)
    const known = this.#known.get(kind) ?? this.#look(vendor, kind)
    this.#known.set(kind, known)
    return known
  }

  #look(vendor: GpuVendor, kind: string): VendorDevices {
    const described = ofKind(this.catalogue.devices(), kind)
    if (described.size > 0) return { kind: 'described', devices: described }
    const finding = findGpus(this.#gpuRoot, vendor)
    if (finding.kind !== 'found') return finding
    const devices = ofKind(indexCdiDevices(generatedSources(finding)), kind)
    return devices.size === 0 ? { kind: 'absent', vendor } : { kind: 'found', devices, finding }
  }
}

/** Returns the specifications that were made for what was found. */
export function generatedSources(finding: Extract<GpuFinding, { kind: 'found' }>): readonly CdiSource[] {
  const name = `the ${VENDOR_NAMES[finding.vendor]} devices of this machine`
  return finding.specs.map(spec => ({ name, rank: 0, spec }))
}

function ofKind(devices: ReadonlyMap<string, CdiChoice>, kind: string): ReadonlyMap<string, CdiChoice> {
  return new Map([...devices].filter(([name]) => name.startsWith(`${kind}=`)))
}
