import type { ProjectName } from '../../model/names.ts'
import {
  entriesOf,
  itemsOf,
  type MapNode,
  mapAt,
  type Node,
  scalarAt,
  stringOf,
  withEntry,
} from '../document/node.ts'
import { inheritValues } from '../environment/inherit-values.ts'
import { cleanPath } from './clean-path.ts'
import { mapEach, mapItems, update, withDefault } from './update.ts'

/**
 * Fills in what a merged document leaves unsaid: the project's name, the default network, real names of networks,
 * volumes, secrets and configs, implied dependencies, and the defaults of ports, mounts and grants.
 */
export function normaliseDocument(document: MapNode, { name, folder, variables }: ProjectFacts): MapNode {
  let result = nameDocument(document, name)
  result = update(result, 'services', services =>
    mapEach(services, service => normaliseService(service, { folder, variables })),
  )
  result = withDefaultNetwork(result)
  for (const section of ['networks', 'volumes', 'secrets', 'configs']) {
    result = update(result, section, resources =>
      mapEach(resources, (resource, key) => named(resource, key, name)),
    )
  }
  return result
}

/** What a document does not say about its project. */
export interface ProjectFacts extends BuildFacts {
  readonly name: ProjectName
}

interface BuildFacts {
  /** The folder of the project; `.` where paths are left as they are. */
  readonly folder: string
  readonly variables: ReadonlyMap<string, string>
}

/** Writes the project's name into `document`. */
export function nameDocument(document: MapNode, name: ProjectName): MapNode {
  return withEntry(document, 'name', scalarAt(document.entries.get('name')?.value ?? document, name))
}

function normaliseService(service: MapNode, facts: BuildFacts): MapNode {
  let result = update(service, 'ports', ports => mapItems(ports, portDefaults))
  result = update(result, 'depends_on', dependencies => mapEach(dependencies, dependencyDefaults))
  result = update(result, 'extra_hosts', sortedHosts)
  result = update(result, 'pull_policy', policy =>
    stringOf(policy) === 'if_not_present' ? scalarAt(policy, 'missing') : policy,
  )
  result = update(result, 'secrets', grants => mapItems(grants, grant => grantTarget(grant, '/run/secrets/')))
  result = update(result, 'volumes', mounts => mapItems(mounts, mountDefaults))
  result = update(result, 'build', build => (build.kind === 'map' ? buildDefaults(build, facts) : build))
  result = update(result, 'gpus', requests => mapItems(requests, deviceDefaults))
  result = update(result, 'deploy', deploy => deviceRequestDefaults(deploy))
  result = withHookImages(result)
  for (const key of ['dns', 'dns_search', 'dns_opt']) result = withoutEmptyList(result, key)
  return withImpliedDependencies(withNetworks(result))
}

function portDefaults(port: MapNode): MapNode {
  return withDefault(withDefault(port, 'mode', scalarAt(port, 'ingress')), 'protocol', scalarAt(port, 'tcp'))
}

function dependencyDefaults(dependency: MapNode): MapNode {
  return withDefault(dependency, 'required', scalarAt(dependency, true))
}

/** The order of hosts means nothing; that of the addresses of one host does. */
function sortedHosts(lines: Node): Node {
  if (lines.kind !== 'list') return lines
  const host = (line: Node): string => stringOf(line)?.split('=')[0] ?? ''
  return {
    ...lines,
    items: lines.items.toSorted((a, b) => (host(a) < host(b) ? -1 : Number(host(a) > host(b)))),
  }
}

function grantTarget(grant: MapNode, folder: string): MapNode {
  const source = grant.entries.get('source')?.value
  const name = stringOf(source)
  return source === undefined || name === undefined
    ? grant
    : withDefault(grant, 'target', scalarAt(source, `${folder}${name}`))
}

function buildDefaults(build: MapNode, { folder, variables }: BuildFacts): MapNode {
  const placed = withDefault(build, 'context', scalarAt(build, folder))
  const args = update(placed, 'args', values => withoutUnset(inheritValues(values, variables)))
  if (build.entries.has('dockerfile_inline')) return args
  return withDefault(args, 'dockerfile', scalarAt(build, 'Dockerfile'))
}

/** A build argument that nobody sets is left out. */
function withoutUnset(values: Node): Node {
  if (values.kind !== 'map') return values
  const set = [...values.entries].filter(([, { value }]) => value.kind !== 'scalar' || value.value !== null)
  return { ...values, entries: new Map(set) }
}

function deviceRequestDefaults(deploy: Node): Node {
  return ['resources', 'reservations'].reduceRight<(node: Node) => Node>(
    (inner, key) => node => (node.kind === 'map' ? update(node, key, inner) : node),
    reservations =>
      reservations.kind === 'map'
        ? update(reservations, 'devices', devices => mapItems(devices, deviceDefaults))
        : reservations,
  )(deploy)
}

/** A request that names neither devices nor a count means all, written as -1. */
function deviceDefaults(request: MapNode): MapNode {
  const all = update(request, 'count', count => (stringOf(count) === 'all' ? scalarAt(count, -1) : count))
  return request.entries.has('device_ids') ? all : withDefault(all, 'count', scalarAt(request, -1))
}

/** A hook before the start runs in the service's image unless it names another. */
function withHookImages(service: MapNode): MapNode {
  const image = service.entries.get('image')?.value
  if (image === undefined) return service
  return update(service, 'pre_start', hooks => mapItems(hooks, hook => withDefault(hook, 'image', image)))
}

function withoutEmptyList(service: MapNode, key: string): MapNode {
  const value = service.entries.get(key)?.value
  return value?.kind === 'list' && value.items.length === 0 ? withEntry(service, key, undefined) : service
}

function mountDefaults(mount: MapNode): MapNode {
  const bind = mount.entries.get('bind')?.value
  const result =
    bind?.kind === 'map'
      ? withEntry(mount, 'bind', withDefault(bind, 'create_host_path', scalarAt(bind, true)))
      : mount
  return update(result, 'target', target => {
    const text = stringOf(target)
    return text === undefined ? target : scalarAt(target, cleanPath(text))
  })
}

/** A service that names no network is attached to the default one. */
function withNetworks(service: MapNode): MapNode {
  const networks = service.entries.get('networks')?.value
  const isSilent = networks === undefined || (networks.kind === 'map' && networks.entries.size === 0)
  if (!isSilent || service.entries.has('network_mode') || service.entries.has('provider')) return service
  return withEntry(service, 'networks', mapAt(service, [['default', scalarAt(service, null)]]))
}

function withDefaultNetwork(document: MapNode): MapNode {
  const services = entriesOf(document.entries.get('services')?.value)
  const isUsed = [...services.values()].some(({ value }) =>
    value.kind === 'map' ? entriesOf(value.entries.get('networks')?.value).has('default') : false,
  )
  if (!isUsed) return document
  const networks = document.entries.get('networks')?.value ?? mapAt(document, [])
  if (networks.kind !== 'map') return document
  return withEntry(document, 'networks', withDefault(networks, 'default', mapAt(networks, [])))
}

/** Attributes that name another service make this one depend on it; what the file says explicitly wins. */
function withImpliedDependencies(service: MapNode): MapNode {
  const implied = [...namespaceParents(service), ...linkedServices(service), ...volumeParents(service)]
  if (implied.length === 0) return service
  const dependencies = service.entries.get('depends_on')?.value ?? mapAt(service, [])
  if (dependencies.kind !== 'map') return service
  const all = implied.reduce(
    (map, { name, at, restart }) => withDefault(map, name, impliedDependency(at, restart)),
    dependencies,
  )
  return withEntry(service, 'depends_on', all)
}

interface ImpliedDependency {
  readonly name: string
  readonly at: Node
  readonly restart: boolean
}

function impliedDependency(at: Node, restart: boolean): MapNode {
  return mapAt(at, [
    ['condition', scalarAt(at, 'service_started')],
    ['required', scalarAt(at, true)],
    ['restart', restart ? scalarAt(at, true) : undefined],
  ])
}

function namespaceParents(service: MapNode): readonly ImpliedDependency[] {
  return ['network_mode', 'ipc', 'pid', 'uts', 'cgroup'].flatMap(key => {
    const at = service.entries.get(key)?.value
    const [, name] = /^service:(.+)$/.exec(stringOf(at) ?? '') ?? []
    return at === undefined || name === undefined ? [] : [{ name, at, restart: true }]
  })
}

function linkedServices(service: MapNode): readonly ImpliedDependency[] {
  return itemsOf(service.entries.get('links')?.value).flatMap(at => {
    const name = stringOf(at)?.split(':')[0]
    return name === undefined || name === '' ? [] : [{ name, at, restart: true }]
  })
}

function volumeParents(service: MapNode): readonly ImpliedDependency[] {
  return itemsOf(service.entries.get('volumes_from')?.value).flatMap(at => {
    const text = stringOf(at)
    if (text === undefined || text === '' || text.startsWith('container:')) return []
    return [{ name: text.split(':')[0] ?? text, at, restart: false }]
  })
}

/** The real name: the file's, the old `external.name`, the key of an external one, else `<project>_<key>`. */
function named(resource: MapNode, key: string, project: ProjectName): MapNode {
  const external = resource.entries.get('external')?.value
  const oldName = external?.kind === 'map' ? external.entries.get('name')?.value : undefined
  const isExternal = external?.kind === 'map' || (external?.kind === 'scalar' && external.value === true)
  const name = resource.entries.get('name')?.value
  // Two names that differ are left for the rules to report.
  if (oldName !== undefined && name !== undefined && stringOf(oldName) !== stringOf(name)) return resource
  const plain =
    external?.kind === 'map' ? withEntry(resource, 'external', scalarAt(external, true)) : resource
  return withDefault(plain, 'name', oldName ?? scalarAt(resource, isExternal ? key : `${project}_${key}`))
}
