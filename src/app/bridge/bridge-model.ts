import { type Diagnostic, hasErrors } from '../../base/diagnostic.ts'
import { TcomposeError } from '../../base/tcompose-error.ts'
import { selectedPart } from '../../parser/compose-output/selected-part.ts'
import { toModelYaml } from '../../parser/compose-output/to-compose-output.ts'
import {
  entriesOf,
  itemsOf,
  listAt,
  type MapNode,
  type Node,
  scalarAt,
  stringOf,
  withEntry,
} from '../../parser/document/node.ts'
import type { ComposeDocument } from '../../parser/load-compose-document.ts'
import { mapEach, update } from '../../parser/normalise/update.ts'
import { textAt, valueAt } from '../../parser/rules/rule-context.ts'
import type { AppContext } from '../app-context.ts'
import type { RunHooks } from '../command-call.ts'
import { toLoadRequest } from '../find-project.ts'
import { loadDocument } from '../load/load-document.ts'
import type { ProjectRequest } from '../project-request.ts'
import { pull } from '../pull.ts'

/** What transformations are given, or what is wrong with the file. */
export type BridgeModel =
  | { readonly kind: 'invalid'; readonly diagnostics: readonly Diagnostic[] }
  | {
      readonly kind: 'resolved'
      /** The project as YAML, with what is in its secrets and configs, and the ports of its images. */
      readonly text: string
      readonly warnings: readonly string[]
      readonly diagnostics: readonly Diagnostic[]
    }

/**
 * Resolves the project of `request` as docker compose does for transformations (pkg/bridge/convert.go): images that are not
 * there are fetched for the ports that they name.
 *
 * @throws {TcomposeError} `service-file` for a secret or config that cannot be read; what fetching an image throws.
 */
export async function bridgeModel(
  context: AppContext,
  request: ProjectRequest,
  hooks: RunHooks,
): Promise<BridgeModel> {
  const loaded = await loadDocument(toLoadRequest(context, request), context)
  if (loaded.value === undefined || hasErrors(loaded.diagnostics))
    return { kind: 'invalid', diagnostics: loaded.diagnostics }
  const part = selectedPart(loaded.value.document, { services: [], allResources: false })
  const { ports, warnings } = await imagePorts(context, { request, loaded: loaded.value, hooks })
  const services = update(part, 'services', section =>
    mapEach(section, (service, name) => withImage(service, imageOf(service, name, loaded.value), ports)),
  )
  const secrets = update(services, 'secrets', section => withContents(section, context, 'secret'))
  const whole = update(secrets, 'configs', section => withContents(section, context, 'config'))
  return { kind: 'resolved', text: toModelYaml(whole), warnings, diagnostics: loaded.diagnostics }
}

function imageOf(service: MapNode, name: string, project: ComposeDocument | undefined): string {
  return textAt(service, 'image') ?? `${project?.name ?? ''}-${name}`
}

interface Ports {
  /** The numbers of the ports that images name, by reference. */
  readonly ports: ReadonlyMap<string, readonly string[]>
  readonly warnings: readonly string[]
}

async function imagePorts(
  context: AppContext,
  {
    request,
    loaded,
    hooks,
  }: { readonly request: ProjectRequest; readonly loaded: ComposeDocument; readonly hooks: RunHooks },
): Promise<Ports> {
  const ports = new Map<string, readonly string[]>()
  const warnings: string[] = []
  const missing: string[] = []
  const images = [...loaded.services].map(([name, service]) => ({
    name,
    image: imageOf(service, name, loaded),
    isOnlyBuilt: textAt(service, 'image') === undefined && valueAt(service, 'build') !== undefined,
  }))
  for (const { name, image, isOnlyBuilt } of images) {
    const found = await exposedBy(context, image)
    if (found !== undefined) ports.set(image, found)
    else if (isOnlyBuilt) {
      warnings.push(
        `image "${image}" of service "${name}" is not there: ports that its Dockerfile exposes are left out; run \`tcompose build\` first to include them`,
      )
    } else missing.push(name)
  }
  if (missing.length > 0) {
    await pull(context, {
      request,
      options: { services: missing, includeDeps: false, policy: 'missing' },
      hooks,
    }).then(result => {
      const failed = result.kind === 'ran' ? [...result.report.outcomes.values()] : []
      for (const outcome of failed) if (outcome.kind === 'failed') throw outcome.error
    })
    for (const { image } of images) {
      const found = ports.has(image) ? undefined : await exposedBy(context, image)
      if (found !== undefined) ports.set(image, found)
    }
  }
  return { ports, warnings }
}

/** Returns the numbers of the ports that an image of the store names; undefined if it is not there. */
async function exposedBy({ engine }: AppContext, reference: string): Promise<readonly string[] | undefined> {
  try {
    const { document = {} } = await engine.images.inspect({ reference })
    const config: unknown = document['config']
    const exposed: unknown =
      typeof config === 'object' && config !== null ? Object.entries(config).find(isExposed)?.[1] : undefined
    const keys = typeof exposed === 'object' && exposed !== null ? Object.keys(exposed) : []
    return keys.map(port => port.replace(/\/.*$/, '').replace(/-.*$/, ''))
  } catch (error) {
    if (error instanceof TcomposeError && error.code === 'image-not-found') return undefined
    throw error
  }
}

function isExposed([key]: readonly [string, unknown]): boolean {
  return key === 'ExposedPorts'
}

/** Every port that anything says of the service, each once. */
function withImage(service: MapNode, image: string, ports: ReadonlyMap<string, readonly string[]>): MapNode {
  const own = itemsOf(valueAt(service, 'expose')).flatMap(node => textOf(node) ?? [])
  const published = itemsOf(valueAt(service, 'ports')).flatMap(port =>
    port.kind === 'map' ? (textAt(port, 'target') ?? []) : [],
  )
  const all = [...new Set([...own, ...(ports.get(image) ?? []), ...published])]
  const named = withEntry(service, 'image', scalarAt(service, image))
  if (all.length === 0) return named
  return withEntry(
    named,
    'expose',
    listAt(
      service,
      all.map(port => scalarAt(service, port)),
    ),
  )
}

function textOf(node: Node): string | undefined {
  return node.kind === 'scalar' && node.value !== null ? String(node.value) : undefined
}

function withContents(section: Node, { contents, environment }: AppContext, kind: string): Node {
  return mapEach(section, (declared, name) => {
    if (entriesOf(declared).get('external') !== undefined) return declared
    const variable = stringOf(valueAt(declared, 'environment'))
    if (variable !== undefined) {
      return withEntry(declared, 'content', scalarAt(declared, environment.get(variable) ?? ''))
    }
    const path = stringOf(valueAt(declared, 'file'))
    if (path === undefined) return declared
    const content = contents.readFile(path)
    if (content.kind === 'unreadable') {
      throw new TcomposeError(
        'service-file',
        `Cannot read ${kind} "${name}" at "${path}": ${content.reason}`,
        {
          span: declared.span,
        },
      )
    }
    return withEntry(declared, 'content', scalarAt(declared, Buffer.from(content.bytes).toString('utf8')))
  })
}
