import type { ModelPath } from '../base/model-path.ts'

/** Who makes GPUs that a service can ask for. */
export const GPU_VENDORS = ['nvidia', 'amd', 'intel'] as const

/** A maker of GPUs. */
export type GpuVendor = (typeof GPU_VENDORS)[number]

/** What a request may want of a device. All that a driver has comes with it, so most say which kind of device it is. */
export const DEVICE_CAPABILITIES: readonly string[] = [
  ...['gpu', 'npu', 'nvidia', 'amd', 'intel'],
  ...['compute', 'compat32', 'graphics', 'utility', 'video', 'display'],
]

/** Devices that a service asks for by what they are. */
export interface DeviceRequest {
  /** `cdi`: the ids are names of devices. Undefined is the first vendor of whom there is something. */
  readonly driver: GpuVendor | 'cdi' | undefined
  /** Of `DEVICE_CAPABILITIES`. */
  readonly capabilities: readonly string[]
  /** How many; `all` too where `ids` says which. */
  readonly count: number | 'all'
  /** Which: indexes, ids of the vendor, or names such as `vendor.com/class=name`. */
  readonly ids: readonly string[]
  /** False: the service also runs without. */
  readonly required: boolean
  readonly origin: ModelPath
}

/** Tells whether `name` is a maker of GPUs. */
export function isGpuVendor(name: string): name is GpuVendor {
  return GPU_VENDORS.some(vendor => vendor === name)
}
