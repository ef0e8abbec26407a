import type { ModelPath } from '../../../base/model-path.ts'
import type { DeviceNode } from '../../../linux/list-devices.ts'
import type { DeviceRule } from '../../../model/device-rule.ts'

/** A device node that a container gets; `path` is where the container has it. */
export interface ContainerNode extends DeviceNode {
  /** What of the document asks for it. */
  readonly origin: ModelPath
}

/** What the devices of a service are on this machine, as of now. */
export interface ContainerDevices {
  readonly nodes: readonly ContainerNode[]
  /** What may be done with devices, beside what every container may. */
  readonly rules: readonly DeviceRule[]
}

/** A container without devices. */
export const NO_DEVICES: ContainerDevices = { nodes: [], rules: [] }
