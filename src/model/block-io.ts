/** How a service shares the block devices of the machine. */
export interface BlockIoLimits {
  /** Its share, 10 to 1000. */
  readonly weight?: number
  readonly weightOfDevices: readonly DeviceWeight[]
  readonly rates: readonly DeviceRate[]
}

export interface DeviceWeight {
  /** Of the device on the host. */
  readonly path: string
  /** 10 to 1000. */
  readonly weight: number
}

/** The most per second. */
export interface DeviceRate {
  readonly kind: RateKind
  readonly path: string
  /** Bytes or operations. */
  readonly rate: number
}

export type RateKind = 'read-bytes' | 'write-bytes' | 'read-operations' | 'write-operations'
