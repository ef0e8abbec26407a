import type { Diagnostic } from '../../base/diagnostic.ts'
import { parseGoBool } from '../../base/parse-go-bool.ts'
import { itemsOf, type MapNode, stringOf } from '../document/node.ts'
import { splitSecurityOption } from '../seccomp/split-security-option.ts'
import { eachService, errorAt, type Rule, type RuleInput, textAt, valueAt } from './rule-context.ts'

/** What a service has of its own fits to the namespaces that it shares, and these may be shared. */
export const checkNamespaces: Rule = input =>
  eachService(input, (service, name) => [
    ...namesOfHost(service, name),
    ...privateIpc(input, service, name),
    ...sharedMemorySize(service, name),
    ...hostCgroups(service, name),
    ...ownUsers(service, name),
  ])

/** Setting a name would set the host's. */
function namesOfHost(service: MapNode, name: string): readonly Diagnostic[] {
  const uts = valueAt(service, 'uts')
  if (uts === undefined || textAt(service, 'uts') !== 'host') return []
  return ['hostname', 'domainname'].flatMap(key => {
    const at = valueAt(service, key)
    if (at === undefined || (textAt(service, key) ?? '') === '') return []
    return [
      errorAt(at, 'conflicting-keys', {
        message: `Service "${name}" has both "${key}" and "uts: host", expected one`,
        hint: 'With "uts: host" it has the names of the host',
        related: [{ message: '"uts" is set here', span: uts.span }],
      }),
    ]
  })
}

function privateIpc({ services }: RuleInput, service: MapNode, name: string): readonly Diagnostic[] {
  const at = valueAt(service, 'ipc')
  const [, owner = ''] = /^service:(.+)$/.exec(textAt(service, 'ipc') ?? '') ?? []
  const other = services.get(owner)
  if (at === undefined || other === undefined || other === service) return []
  const mode = textAt(other, 'ipc') ?? ''
  if (!['', 'private', 'none'].includes(mode)) return []
  return [
    errorAt(at, 'conflicting-keys', {
      message: `Service "${name}" cannot share the IPC namespace of service "${owner}", which is private`,
      hint: `Write "ipc: shareable" in service "${owner}"`,
    }),
  ]
}

/** The groups of every other program would be writable. */
function hostCgroups(service: MapNode, name: string): readonly Diagnostic[] {
  const cgroup = valueAt(service, 'cgroup')
  if (cgroup === undefined || textAt(service, 'cgroup') !== 'host') return []
  return itemsOf(valueAt(service, 'security_opt')).flatMap(item => {
    const option = splitSecurityOption(stringOf(item) ?? '')
    if (option.name !== 'writable-cgroups' || parseGoBool(option.value ?? '') !== true) return []
    return [
      errorAt(item, 'conflicting-keys', {
        message: `Service "${name}" has both "writable-cgroups" and "cgroup: host", expected one`,
        hint: 'Remove "cgroup: host": a control group namespace of its own shows it only what it may change',
        related: [{ message: '"cgroup" is set here', span: cgroup.span }],
      }),
    ]
  })
}

/** Root of a user namespace has rights over nothing that is the host's or another container's. */
function ownUsers(service: MapNode, name: string): readonly Diagnostic[] {
  const at = valueAt(service, 'userns_mode')
  const mode = textAt(service, 'userns_mode') ?? ''
  if (at === undefined || !/^(?:auto|nomap|keep-id)(?::|$)/.test(mode)) return []
  const [, size = '1'] = /[:,]size=(\d+)/.exec(mode) ?? []
  if (Number(size) < 1 || Number(size) > MOST_IDS) {
    const message = `Cannot give the user namespace of service "${name}" ${size} ids, expected 1 to ${MOST_IDS}`
    return [errorAt(at, 'bad-value', { message })]
  }
  return (['privileged', 'pid', 'ipc'] as const).flatMap(key => {
    const other = valueAt(service, key)
    if (other === undefined || !/^(?:true|host|service:.*|container:.*)$/.test(textAt(service, key) ?? ''))
      return []
    return [
      errorAt(other, 'conflicting-keys', {
        message: `Service "${name}" has both "${key}: ${textAt(service, key)}" and a user namespace of its own, expected one`,
        hint: 'Remove it, or write "userns_mode: host"',
        related: [{ message: '"userns_mode" is set here', span: at.span }],
      }),
    ]
  })
}

const MOST_IDS = 65_536

/** The shared memory belongs to the owner of the namespace, or there is none. */
function sharedMemorySize(service: MapNode, name: string): readonly Diagnostic[] {
  const size = service.entries.get('shm_size')
  const mode = textAt(service, 'ipc') ?? ''
  if (size === undefined || !/^(?:none|host|(?:service|container):.+)$/.test(mode)) return []
  const message = `Ignoring "shm_size" of service "${name}": "ipc: ${mode}" leaves it no shared memory of its own`
  return [{ ...errorAt({ span: size.keySpan }, 'no-effect-key', { message }), severity: 'warning' }]
}
