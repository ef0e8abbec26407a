import type { ModelPath } from '../base/model-path.ts'
import type { TcomposeError } from '../base/tcompose-error.ts'
import type { GpuVendor } from '../model/device-request.ts'
import type { Service } from '../model/service.ts'

/** What an engine knows of devices such as GPUs. It changes nothing. */
export interface DeviceInspector {
  /** Returns what each of `services` would get now of the devices that it asks for. */
  forecast(services: readonly Service[]): Promise<readonly DeviceForecast[]>
  /** Returns what there is. */
  list(): Promise<GpuListing>
  /**
   * Returns the specifications of the Container Device Interface that containers get devices by where no file describes
   * them.
   *
   * @throws {TcomposeError} `gpu-not-found` if there is nothing of `vendor`, or of any vendor.
   */
  describe(options: DescribeOptions): Promise<readonly DescribedKind[]>
}

/** Of whom, and in which language. */
export interface DescribeOptions {
  /** @default all */
  readonly vendor: GpuVendor | undefined
  readonly format: 'yaml' | 'json'
}

/** A specification. */
export interface DescribedKind {
  /** E.g. `nvidia.com/gpu`. */
  readonly kind: string
  /** Of a file. */
  readonly text: string
}

/** What a service would get. */
export interface DeviceForecast {
  readonly service: string
  /** Of its requests that were found. */
  readonly requests: readonly RequestForecast[]
  /** Why what it asks for cannot be had. */
  readonly problems: readonly TcomposeError[]
  /** What it would do without. */
  readonly notices: readonly string[]
}

/** What a request is for. */
export interface RequestForecast {
  readonly origin: ModelPath
  /** E.g. `nvidia.com/gpu=0`. */
  readonly devices: readonly string[]
  /** What says how they are given to a container. */
  readonly source: string
}

/** The GPUs of an engine. */
export interface GpuListing {
  readonly vendors: readonly ListedVendor[]
  /** Devices that files describe: their names, and the file. */
  readonly described: readonly { readonly name: string; readonly source: string }[]
  /** Why files cannot be used. */
  readonly problems: readonly TcomposeError[]
}

/** What there is of a vendor. */
export interface ListedVendor {
  readonly vendor: GpuVendor
  readonly state: 'found' | 'absent' | 'broken'
  readonly driver?: string
  readonly gpus: readonly ListedGpu[]
  /** Of what is broken: the missing link, why, and what mends it. */
  readonly link?: string
  readonly reason?: string
  readonly remedy?: string
}

/** A GPU, or a part of one. */
export interface ListedGpu {
  /** As a service names it. */
  readonly name: string
  readonly model: string
  readonly uuid?: string
  readonly pciAddress?: string
  readonly nodes: readonly string[]
}
