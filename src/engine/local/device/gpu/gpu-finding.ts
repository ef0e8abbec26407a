import type { GpuVendor } from '../../../../model/device-request.ts'
import type { CdiSpec } from '../../../../oci/cdi/cdi-spec.ts'

/** A GPU, or a part of one, that containers can get. */
export interface FoundGpu {
  /** Its name in the generated specification. */
  readonly name: string
  readonly model: string
  /** What its vendor calls it, such as `GPU-...`. */
  readonly uuid: string | undefined
  /** Such as `0000:07:00.0`. */
  readonly pciAddress: string | undefined
  readonly nodes: readonly string[]
  /** The class in its name. @default 'gpu' */
  readonly kind?: 'gpu' | 'npu'
}

/** What a root has of a vendor. */
export type GpuFinding =
  | {
      readonly kind: 'found'
      readonly vendor: GpuVendor
      /** The version of the driver, where it has one of its own. */
      readonly driver: string | undefined
      readonly gpus: readonly FoundGpu[]
      readonly specs: readonly CdiSpec[]
      /** Folders of the container with the libraries that the specification mounts. */
      readonly libraryFolders: readonly string[]
    }
  /** There is nothing of it. */
  | { readonly kind: 'absent'; readonly vendor: GpuVendor }
  /** It is there, and cannot be used. */
  | ({ readonly kind: 'broken'; readonly vendor: GpuVendor } & BrokenChain)

/** Which link of the chain from the card to a program is missing. */
export interface BrokenChain {
  readonly link: 'card' | 'driver' | 'node' | 'library' | 'version' | 'permission' | 'platform'
  /** Completes "Cannot use GPUs of NVIDIA: ". */
  readonly reason: string
  /** What to do: one command, where one mends it. */
  readonly remedy: string
}

/** As they call themselves. */
export const VENDOR_NAMES: Readonly<Record<GpuVendor, string>> = {
  nvidia: 'NVIDIA',
  amd: 'AMD',
  intel: 'Intel',
}

/** The first part of the names of its devices. */
export const VENDOR_DOMAINS: Readonly<Record<GpuVendor, string>> = {
  nvidia: 'nvidia.com',
  amd: 'amd.com',
  intel: 'intel.com',
}

/** The numbers by which PCI knows them, as files `vendor` of sysfs have them. */
export const PCI_VENDORS: Readonly<Record<GpuVendor, string>> = {
  nvidia: '0x10de',
  amd: '0x1002',
  intel: '0x8086',
}
