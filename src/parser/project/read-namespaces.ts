import type { IpcMode, SharedNamespace } from '../../model/namespace.ts'
import type { Service } from '../../model/service.ts'
import type { MapNode } from '../document/node.ts'
import { textAt } from '../rules/rule-context.ts'

/** Reads which namespaces beside the network's are not the service's own. */
export function readNamespaces(service: MapNode): Pick<Service, 'pid' | 'ipc' | 'uts' | 'cgroup'> {
  const pid = sharedNamespace(textAt(service, 'pid'))
  const ipc = ipcMode(textAt(service, 'ipc'))
  return {
    ...(pid && { pid }),
    ...(ipc && { ipc }),
    ...(textAt(service, 'uts') === 'host' && { uts: 'host' }),
    ...(textAt(service, 'cgroup') === 'host' && { cgroup: 'host' }),
  }
}

function ipcMode(text: string | undefined): IpcMode | undefined {
  return text === 'shareable' || text === 'none' ? { kind: text } : sharedNamespace(text)
}

/** Reads `host`, `service:NAME` or `container:NAME`; anything else is a namespace of its own. */
function sharedNamespace(text: string | undefined): SharedNamespace | undefined {
  if (text === 'host') return { kind: 'host' }
  const [, kind, name = ''] = /^(service|container):(.+)$/.exec(text ?? '') ?? []
  if (kind === 'service') return { kind, service: name }
  return kind === 'container' ? { kind, container: name } : undefined
}
