/**
 * A specification of the Container Device Interface, as a file of it has it: version 1.1.0.
 * https://github.com/cncf-tags/container-device-interface, SPEC.md
 */
export interface CdiSpec {
  readonly cdiVersion: string
  /** `vendor.com/class` of all its devices. */
  readonly kind: string
  readonly annotations?: Readonly<Record<string, string>>
  readonly devices: readonly CdiDeviceSpec[]
  /** What each of its devices needs, once whatever their count. */
  readonly containerEdits?: CdiEdits
}

export interface CdiDeviceSpec {
  readonly name: string
  readonly annotations?: Readonly<Record<string, string>>
  readonly containerEdits: CdiEdits
}

/** What is changed of a container that gets a device. */
export interface CdiEdits {
  /** `NAME=value` lines. */
  readonly env?: readonly string[]
  readonly deviceNodes?: readonly CdiDeviceNode[]
  readonly mounts?: readonly CdiMount[]
  readonly hooks?: readonly CdiHook[]
  readonly additionalGids?: readonly number[]
  readonly intelRdt?: Readonly<Record<string, unknown>>
  readonly netDevices?: readonly CdiNetDevice[]
}

export interface CdiDeviceNode {
  /** In the container. */
  readonly path: string
  /** @default path */
  readonly hostPath?: string
  /** `b`, `c` or `u` is a device, `p` a named pipe. @default that of hostPath */
  readonly type?: string
  /** @default those of hostPath */
  readonly major?: number
  readonly minor?: number
  /** Permission bits. @default those of hostPath */
  readonly fileMode?: number
  /** Of `r`, `w` and `m`. @default all */
  readonly permissions?: string
  readonly uid?: number
  readonly gid?: number
}

export interface CdiMount {
  readonly hostPath: string
  readonly containerPath: string
  /** @default a bind */
  readonly type?: string
  readonly options?: readonly string[]
}

export interface CdiHook {
  readonly hookName: string
  readonly path: string
  readonly args?: readonly string[]
  readonly env?: readonly string[]
  /** Seconds. */
  readonly timeout?: number
}

export interface CdiNetDevice {
  readonly hostInterfaceName: string
  readonly name: string
}
