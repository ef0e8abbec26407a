import { parseAbsolutePath } from '../../base/absolute-path.ts'
import { servicePath } from '../../base/model-path.ts'
import { parseCdiName } from '../../model/cdi-name.ts'
import type { Device } from '../../model/device.ts'
import { parseDeviceRule } from '../../model/device-rule.ts'
import type { Service } from '../../model/service.ts'
import { itemsOf, type MapNode } from '../document/node.ts'
import { textAt, valueAt } from '../rules/rule-context.ts'
import { readDeviceRequests } from './read-device-requests.ts'
import { listAtKey } from './read-values.ts'

/** Reads what the service `name` asks for of devices. */
export function readDevices(
  service: MapNode,
  name: string,
): Pick<Service, 'devices' | 'deviceRules' | 'deviceRequests'> {
  const devices = devicesOf(service, name)
  const deviceRules = (listAtKey(service, 'device_cgroup_rules') ?? []).flatMap(
    text => parseDeviceRule(text) ?? [],
  )
  const deviceRequests = readDeviceRequests(service, name)
  return {
    ...(devices.length > 0 && { devices }),
    ...(deviceRules.length > 0 && { deviceRules }),
    ...(deviceRequests.length > 0 && { deviceRequests }),
  }
}

function devicesOf(service: MapNode, name: string): readonly Device[] {
  return itemsOf(valueAt(service, 'devices')).flatMap((item, index): readonly Device[] => {
    if (item.kind !== 'map') return []
    const origin = servicePath(name, 'devices', index)
    const source = textAt(item, 'source') ?? ''
    if (parseCdiName(source) !== undefined) return [{ kind: 'cdi', name: source, origin }]
    return [
      {
        kind: 'path',
        source,
        target: parseAbsolutePath(textAt(item, 'target') || source),
        permissions: textAt(item, 'permissions') || 'rwm',
        origin,
      },
    ]
  })
}
