/** Where descriptions of devices, and the drivers of GPUs, are looked for. */
export interface DeviceSources {
  /** Folders with specifications of the Container Device Interface; what a later one says counts. */
  readonly cdiFolders: readonly string[]
  /** The root of the system whose drivers are looked at. */
  readonly gpuRoot: string
}

/** As the specification has it, and of this machine. */
export const SYSTEM_DEVICE_SOURCES: DeviceSources = {
  cdiFolders: ['/etc/cdi', '/var/run/cdi'],
  gpuRoot: '/',
}
