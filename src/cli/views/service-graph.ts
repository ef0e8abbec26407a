import type { Project } from '../../app/index.ts'

type Service = Project['services'] extends ReadonlyMap<string, infer One> ? One : never

/** A service in a picture of its project. */
export interface GraphNode {
  readonly name: string
  /** In the order of their priority. */
  readonly networks: readonly string[]
  /** As docker compose writes them, e.g. `8080:80 (tcp, ingress)`. */
  readonly ports: readonly string[]
  readonly image: string
  /** Names of the services that it depends on. */
  readonly dependsOn: readonly string[]
}

/** The services of a project, sorted by name. */
export interface ServiceGraph {
  readonly project: string
  readonly nodes: readonly GraphNode[]
}

/** What is shown of each service besides its name. */
export interface GraphDetails {
  readonly networks: boolean
  readonly ports: boolean
  readonly image: boolean
}

/** Returns the picture of a project as data. */
export function serviceGraph({ name, services }: Project): ServiceGraph {
  const nodes = [...services.values()].map(service => ({
    name: service.name,
    networks: networksOf(service.networkMode),
    ports: service.ports.map(({ hostIp, published, target, protocol }) => {
      const host = hostIp === undefined ? '' : `${hostIp}:`
      return `${host}${publishedText(published)}:${target} (${protocol}, ingress)`
    }),
    image: service.image,
    dependsOn: service.dependsOn.map(dependency => dependency.service).toSorted(),
  }))
  return { project: name, nodes: nodes.toSorted((a, b) => (a.name < b.name ? -1 : 1)) }
}

/** A title and lines for each kind of detail that a service has. */
export function detailsOf(
  { networks, ports, image }: GraphNode,
  wanted: GraphDetails,
): readonly (readonly [title: string, lines: readonly string[]])[] {
  return [
    ...(wanted.networks && networks.length > 0 ? [['Networks:', networks] as const] : []),
    ...(wanted.ports && ports.length > 0 ? [['Ports:', ports] as const] : []),
    ...(wanted.image ? [['Image:', [image]] as const] : []),
  ]
}

function networksOf(mode: Service['networkMode']): readonly string[] {
  if (mode.kind !== 'networks') return []
  return mode.attachments.toSorted((a, b) => b.priority - a.priority).map(({ network }) => network)
}

function publishedText(published: { readonly from: number; readonly to: number } | undefined): string {
  if (published === undefined) return ''
  return published.from === published.to ? String(published.from) : `${published.from}-${published.to}`
}
