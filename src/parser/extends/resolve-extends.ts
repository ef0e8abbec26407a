import { type AbsolutePath, parseAbsolutePath } from '../../base/absolute-path.ts'
import type { Diagnostic } from '../../base/diagnostic.ts'
import { suggestOneOf } from '../../base/did-you-mean.ts'
import { entriesOf, type MapNode, type Node, withEntry } from '../document/node.ts'
import type { Layer, Layers, Reference } from '../layer/layer.ts'
import type { LayerScope } from '../layer/layer-scope.ts'
import type { LoadSession } from '../layer/load-session.ts'
import type { SourceDocument } from '../layer/read-documents.ts'
import { isRemoteAddress } from '../locate/is-remote-address.ts'
import type { LocatedFile } from '../locate/located-file.ts'
import { remoteFiles } from '../locate/remote-files.ts'
import { displayName, resolvePath } from '../locate/resolve-path.ts'
import { mergeServices, settleDirectives } from '../merge/merge-documents.ts'
import { mapEach, update } from '../normalise/update.ts'
import { entriesAt, errorAt, textAt, valueAt } from '../rules/rule-context.ts'
import { openServiceFile, type ServiceFile } from './service-file.ts'

/**
 * Lays every service of the document, in canonical form, over what it extends; marks of `!reset` and `!override` stay.
 * What the file of an extended service declares beside services is not taken.
 */
export function resolveExtends(source: SourceDocument, scope: LayerScope, session: LoadSession): Layers {
  const { document } = source
  const services = entriesAt(document, 'services')
  if (![...services.values()].some(({ value }) => entriesOf(value).has('extends')))
    return { tree: document, layers: [] }
  const resolver = new ExtendsResolver(scope, session)
  const file: ServiceFile = {
    path: source.path,
    name: source.name,
    scope,
    names: [...services.keys()],
    pick: name => {
      const service = services.get(name)?.value
      return service?.kind === 'map' ? service : undefined
    },
  }
  const layers: Layer[] = []
  const tree = update(document, 'services', section =>
    mapEach(section, (service, name) => {
      if (!service.entries.has('extends')) return service
      const resolved = resolver.resolve(service, { file, name, trail: [] })
      layers.push(...resolved.below.map(layer => layerOf(name, layer, scope)))
      return resolved.service
    }),
  )
  return { tree, layers }
}

/** A service laid over what it extends, and the services that lie below it, the lowest first. */
interface ResolvedService {
  readonly service: MapNode
  readonly below: readonly ServiceLayer[]
}

interface ServiceLayer {
  readonly service: MapNode
  readonly references: readonly Reference[]
}

function layerOf(name: string, { service, references }: ServiceLayer, scope: LayerScope): Layer {
  const services: MapNode = {
    kind: 'map',
    entries: new Map([[name, { keySpan: service.span, value: service }]]),
    span: service.span,
  }
  const entries = new Map([['services', { keySpan: service.span, value: services }]])
  const document: MapNode = { kind: 'map', entries, span: service.span }
  const all = [...scope.references, ...references]
  return { role: 'extends', document, references: all, environment: scope.environment }
}

interface ServicePlace {
  readonly file: ServiceFile
  readonly name: string
  /** The services that led here, as `path#service`. */
  readonly trail: readonly string[]
}

/** Nobody writes a longer chain, and each link is a call. */
const MAX_CHAIN = 100

class ExtendsResolver {
  readonly #scope: LayerScope
  readonly #session: LoadSession
  readonly #files = new Map<string, ServiceFile | undefined>()
  readonly #resolved = new Map<string, ResolvedService>()

  constructor(scope: LayerScope, session: LoadSession) {
    this.#scope = scope
    this.#session = session
  }

  resolve(service: MapNode, place: ServicePlace): ResolvedService {
    const key = `${place.file.path}#${place.name}`
    const known = this.#resolved.get(key)
    if (known !== undefined) return known
    const own = withEntry(service, 'extends', undefined)
    const resolved = this.#over(own, service, { ...place, trail: [...place.trail, key] })
    this.#resolved.set(key, resolved)
    return resolved
  }

  #over(own: MapNode, service: MapNode, place: ServicePlace): ResolvedService {
    const alone = { service: own, below: [] }
    const extended = valueAt(service, 'extends')
    const name = extended?.kind === 'map' ? textAt(extended, 'service') : undefined
    if (extended?.kind !== 'map' || name === undefined) return { service, below: [] }
    const at = valueAt(extended, 'service') ?? extended
    const file = this.#fileOf(extended, place)
    if (file === undefined || this.#closesCircle(`${file.path}#${name}`, at, place)) return alone
    const base = file.pick(name)
    if (base === undefined) {
      this.#session.findings.reading.push(undeclared(name, { at, file, place }))
      return alone
    }
    const lower = this.resolve(base, { file, name, trail: place.trail })
    const reference: Reference = { kind: 'extends', target: name, span: at.span }
    const merged = mergeServices(settleDirectives(lower.service), own, place.name)
    this.#session.findings.merging.push(...merged.diagnostics)
    const below = [...lower.below, { service: withEntry(base, 'extends', undefined), references: [] }]
    return {
      service: merged.document,
      below: below.map(layer => ({ ...layer, references: [reference, ...layer.references] })),
    }
  }

  #fileOf(extended: MapNode, { file }: ServicePlace): ServiceFile | undefined {
    const node = valueAt(extended, 'file')
    const text = textAt(extended, 'file')
    if (node === undefined || text === undefined) return file
    const isRemote = isRemoteAddress(text)
    const path = isRemote ? text : resolvePath(file.scope.base.folder, text, file.scope.base.home)
    if (!this.#files.has(path)) {
      const files = isRemote ? this.#remote(text, node) : [this.#local(parseAbsolutePath(path))]
      this.#files.set(path, openServiceFile(files, { span: node.span, scope: this.#scope }, this.#session))
    }
    return this.#files.get(path)
  }

  #local(path: AbsolutePath): LocatedFile {
    return { name: displayName(this.#session.request.workingDirectory, path), path }
  }

  #remote(address: string, { span }: Node): readonly LocatedFile[] {
    const found = remoteFiles(address, this.#session.ports, span)
    this.#session.findings.reading.push(...found.diagnostics)
    return found.value ?? []
  }

  #closesCircle(key: string, at: Pick<MapNode, 'span'>, { trail }: ServicePlace): boolean {
    const from = trail.indexOf(key)
    if (from === -1 && trail.length < MAX_CHAIN) return false
    const circle = from === -1 ? trail.slice(-3) : trail.slice(from)
    const { circles, findings, request } = this.#session
    if (circles.has(key)) return true
    for (const member of circle) circles.add(member)
    const names = [...circle, key].map(member => describeMember(member, circle, request.workingDirectory))
    const message =
      circle.length === 1
        ? `Service ${names[0]} extends itself`
        : `Services extend each other in a circle: ${names.join(' -> ')}`
    const hint = 'Remove one of these "extends"'
    findings.reading.push(errorAt(at, 'reference-cycle', { message, hint }))
    return true
  }
}

/** Names the file only where the circle goes through more than one. */
function describeMember(key: string, circle: readonly string[], folder: AbsolutePath): string {
  const hash = key.lastIndexOf('#')
  const paths = new Set(circle.map(member => member.slice(0, member.lastIndexOf('#'))))
  const name = `"${key.slice(hash + 1)}"`
  return paths.size === 1 ? name : `${name} (${displayName(folder, key.slice(0, hash))})`
}

function undeclared(
  name: string,
  {
    at,
    file,
    place,
  }: { readonly at: Pick<MapNode, 'span'>; readonly file: ServiceFile; readonly place: ServicePlace },
): Diagnostic {
  const hint = suggestOneOf(
    name,
    file.names.filter(other => other !== place.name || file !== place.file),
  )
  return errorAt(at, 'undefined-reference', {
    message: `Service "${place.name}" extends "${name}", which "${file.name}" does not declare`,
    hint,
  })
}
