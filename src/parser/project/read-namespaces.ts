import type { IpcMode, SharedNamespace } from '../../model/namespace.ts'
import type { Service } from '../../model/service.ts'
import type { MapNode } from '../document/node.ts'
import { textAt } from '../rules/rule-context.ts'

/** Ids of 16 bits, with which images are made. */
const USUAL_SIZE = 65_536

/** Reads which namespaces beside the network's are not the service's own. */
export function readNamespaces(service: MapNode): Pick<Service, 'pid' | 'ipc' | 'userns' | 'uts' | 'cgroup'> {
  const pid = sharedNamespace(textAt(service, 'pid'))
  const ipc = ipcMode(textAt(service, 'ipc'))
  const userns = userNamespace(textAt(service, 'userns_mode'))
  return {
    ...(pid && { pid }),
    ...(ipc && { ipc }),
    ...(userns && { userns }),
    ...(textAt(service, 'uts') === 'host' && { uts: 'host' }),
    ...(textAt(service, 'cgroup') === 'host' && { cgroup: 'host' }),
  }
}

function ipcMode(text: string | undefined): IpcMode | undefined {
  return text === 'shareable' || text === 'none' ? { kind: text } : sharedNamespace(text)
}

/** Reads `auto`, with or without `:size=N`. */
function userNamespace(text: string | undefined): Service['userns'] {
  const [found, size] = /^auto(?::size=(\d+))?$/.exec(text ?? '') ?? []
  return found === undefined ? undefined : { size: size === undefined ? USUAL_SIZE : Number(size) }
}

/** Reads `host`, `service:NAME` or `container:NAME`; anything else is a namespace of its own. */
function sharedNamespace(text: string | undefined): SharedNamespace | undefined {
  if (text === 'host') return { kind: 'host' }
  const [, kind, name = ''] = /^(service|container):(.+)$/.exec(text ?? '') ?? []
  if (kind === 'service') return { kind, service: name }
  return kind === 'container' ? { kind, container: name } : undefined
}
