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

/** Reads `auto`, `nomap` and `keep-id`, with or without options, as podman has them. */
function userNamespace(text: string | undefined): Service['userns'] {
  const [found, mode, list = ''] = /^(auto|nomap|keep-id)(?::(.+))?$/.exec(text ?? '') ?? []
  if (found === undefined) return undefined
  const options = new Map(list.split(',').map(option => [option.split('=')[0], Number(option.split('=')[1])]))
  const size = options.get('size') ?? USUAL_SIZE
  if (mode !== 'keep-id') return { size }
  const [uid, gid] = [options.get('uid'), options.get('gid')]
  return { size, keep: { ...(uid !== undefined && { uid }), ...(gid !== undefined && { gid }) } }
}

/** Reads `host`, `service:NAME` or `container:NAME`; anything else is a namespace of its own. */
function sharedNamespace(text: string | undefined): SharedNamespace | undefined {
  if (text === 'host') return { kind: 'host' }
  const [, kind, name = ''] = /^(service|container):(.+)$/.exec(text ?? '') ?? []
  if (kind === 'service') return { kind, service: name }
  return kind === 'container' ? { kind, container: name } : undefined
}
