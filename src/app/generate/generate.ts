import { parseAbsolutePath } from '../../base/absolute-path.ts'
import { sha256Hex } from '../../base/sha256.ts'
import { TcomposeError } from '../../base/tcompose-error.ts'
import type { ObservedContainer, ObservedState } from '../../model/observed-state.ts'
import type { Service } from '../../model/service.ts'
import type { ServiceFile } from '../../model/service-file.ts'
import { plainYaml } from '../../parser/compose-output/plain-yaml.ts'
import { projectName } from '../../parser/locate/project-name.ts'
import { displayPath } from '../../parser/locate/resolve-path.ts'
import { volumeHash } from '../../planner/config-hash.ts'
import type { AppContext } from '../app-context.ts'
import { type Plain, withoutEmpty } from './plain.ts'
import { plainNetwork } from './plain-network.ts'
import { plainService } from './plain-service.ts'

/** What to write about which containers. */
export interface GenerateOptions {
  /** Names, or ids that may be cut off. */
  readonly containers: readonly string[]
  /** @default that of the containers, where they are of one project */
  readonly name: string | undefined
  /** Paths below it are written from there. @default all are absolute */
  readonly projectDirectory: string | undefined
  readonly format: 'yaml' | 'json'
}

/** A Compose file, and what it cannot say. */
export interface GeneratedFile {
  readonly text: string
  readonly warnings: readonly string[]
}

/**
 * Returns a Compose file that makes the same containers, of whatever projects. Where all are of one project, and it has its
 * name, nothing of them changes by it.
 *
 * @throws {TcomposeError} `bad-value` for a container that is not there, or a name that is none; `not-generated` if containers
 * cannot be in one file.
 */
export async function generate(context: AppContext, options: GenerateOptions): Promise<GeneratedFile> {
  const found = await findContainers(context, options.containers)
  const projects = [...new Set(found.map(({ state }) => state))]
  const [only, ...others] = projects
  const isOne = others.length === 0
  const name = options.name === undefined ? (isOne ? only?.project : undefined) : checkedName(options.name)
  const writing: Writing = {
    isSame: isOne && name === only?.project,
    parts: { services: {}, networks: {}, volumes: {}, secrets: {}, configs: {} },
    warnings: [],
  }
  for (const state of projects) {
    const own = found.filter(container => container.state === state).map(({ container }) => container)
    await addProject(context, { state, containers: own, isOne }, writing)
  }
  const { parts, warnings } = writing
  const plain = withoutEmpty({ name, ...parts })
  return {
    text: textOf(withRelativePaths(plain, context, options.projectDirectory), options.format),
    warnings,
  }
}

interface FoundContainer {
  readonly state: ObservedState
  readonly container: ObservedContainer
}

async function findContainers(
  { engine }: AppContext,
  wanted: readonly string[],
): Promise<readonly FoundContainer[]> {
  const states = await Promise.all((await engine.projects()).map(name => engine.observe(name, [])))
  const all = states.flatMap(state =>
    [...state.containers, ...(state.oneOffs ?? [])].map(container => ({ state, container })),
  )
  const matches = wanted.map(text => {
    const named = all.filter(({ container }) => container.name === text)
    return named.length > 0 ? named : all.filter(({ container }) => container.id.startsWith(text))
  })
  const missing = wanted.filter((_, index) => matches[index]?.length === 0)
  if (missing.length > 0) {
    throw new TcomposeError(
      'not-generated',
      `Cannot generate a Compose file: no container(s) found with the following name(s): ${missing.join(', ')}`,
      {
        hint: 'Name containers by what `tcompose ps -a` of their project shows, or by the beginning of their id',
      },
    )
  }
  return [...new Set(matches.flat())]
}

function checkedName(text: string): string {
  const { value, diagnostics } = projectName({
    ...{ requested: text, variable: undefined, declared: undefined, folder: parseAbsolutePath('/') },
  })
  if (value !== undefined) return value
  const message = diagnostics[0]?.message.replace(' of -p', ' of --name') ?? ''
  throw new TcomposeError('bad-value', message)
}

type Section = Record<string, Plain>

interface Writing {
  /** The file is that of the project which the containers are of. */
  readonly isSame: boolean
  readonly parts: {
    readonly services: Section
    readonly networks: Section
    readonly volumes: Section
    readonly secrets: Section
    readonly configs: Section
  }
  readonly warnings: string[]
}

interface GivenProject {
  readonly state: ObservedState
  readonly containers: readonly ObservedContainer[]
  /** No container is of another project. */
  readonly isOne: boolean
}

async function addProject(context: AppContext, given: GivenProject, writing: Writing): Promise<void> {
  const { state, containers, isOne } = given
  const byService = Map.groupBy(containers, ({ service }) => service)
  const nameOf = (service: string) => (isOne ? service : `${state.project}-${service}`)
  for (const [name, replicas] of byService) {
    const spec = replicas[0]?.spec
    if (spec === undefined) {
      throw notGenerated(`container "${replicas[0]?.name}" was made by a version that kept less of it`)
    }
    const service = only(spec.config, new Set(byService.keys()), { nameOf, isOne, project: state.project })
    writing.parts.services[nameOf(name)] = plainService({
      ...service,
      replicas: replicas.length,
      // Two containers cannot have one name.
      ...(!writing.isSame && { containerName: undefined }),
    })
    for (const file of service.files ?? []) addFile(file, writing)
    for (const [key, real] of spec.networkNames) addNetwork({ key, real, state, isOne }, writing)
    await addVolumes(context, { ...given, names: spec.volumeNames }, writing)
  }
}

/** Returns `service` without what it says of services that are left out. */
function only(
  service: Service,
  kept: ReadonlySet<string>,
  {
    nameOf,
    isOne,
    project,
  }: { readonly nameOf: (service: string) => string; readonly isOne: boolean; readonly project: string },
): Service {
  const { networkMode, pid, ipc, volumesFrom = [], dependsOn } = service
  const shared = [
    ...(networkMode.kind === 'service' ? [networkMode.service] : []),
    ...[pid, ipc].flatMap(other => (other?.kind === 'service' ? [other.service] : [])),
    ...volumesFrom.flatMap(({ source }) => (source.kind === 'service' ? [source.service] : [])),
  ]
  const missing = shared.find(other => !kept.has(other))
  if (missing !== undefined) {
    throw notGenerated(
      `service "${service.name}" shares namespaces or volumes of service "${missing}"`,
      `Name a container of "${missing}" too`,
    )
  }
  if (!isOne && shared.length > 0)
    throw notGenerated(`service "${service.name}" shares parts of another, and there are several projects`)
  return {
    ...service,
    dependsOn: dependsOn
      .filter(({ service: other }) => kept.has(other))
      .map(dependency => ({ ...dependency, service: nameOf(dependency.service) })),
    ...(!isOne && networkMode.kind === 'networks' && { networkMode: prefixed(networkMode, project) }),
    ...(!isOne && {
      mounts: service.mounts.map(mount =>
        mount.kind === 'volume' && mount.volume !== undefined
          ? { ...mount, volume: `${project}_${mount.volume}` }
          : mount,
      ),
    }),
  }
}

function prefixed(
  mode: Extract<Service['networkMode'], { kind: 'networks' }>,
  project: string,
): Service['networkMode'] {
  const attachments = mode.attachments.map(each => ({ ...each, network: `${project}_${each.network}` }))
  return { ...mode, attachments }
}

interface GivenNetwork {
  readonly key: string
  readonly real: string
  readonly state: ObservedState
  readonly isOne: boolean
}

/** A network that has the name it would have anyway gets that of the new project. */
function addNetwork({ key, real, state, isOne }: GivenNetwork, { parts, warnings }: Writing): void {
  const network = state.networks.get(key)?.network
  const isUsual = real === `${state.project}_${key}` && network?.external !== true
  const plain = network === undefined ? {} : plainNetwork(network)
  if (network?.options !== undefined && !network.external)
    warnings.push(`options of the driver of network "${real}" are left out`)
  parts.networks[isOne ? key : `${state.project}_${key}`] = isUsual ? plain : { name: real, ...plain }
}

/** Their data is what people care for: another project uses the same volumes. */
async function addVolumes(
  { engine }: AppContext,
  { state, isOne, names }: GivenProject & { readonly names: ReadonlyMap<string, string> },
  { parts, isSame, warnings }: Writing,
): Promise<void> {
  const places = await engine.containers.volumePlaces([...names.values()])
  for (const [index, [key, name]] of [...names].entries()) {
    const observed = state.volumes.get(key)
    const labels = new Map(
      [...(places[index]?.labels ?? [])].filter(([label]) => !label.startsWith('com.docker.compose.')),
    )
    const external = observed?.external ?? false
    const isUsual = name === `${state.project}_${key}` && isSame
    const isKnown = [labels, new Map<string, string>()].some(
      each => volumeHash({ key, name, external, labels: each }, sha256Hex) === observed?.configHash,
    )
    if (!isKnown && !external)
      warnings.push(`volume "${name}" has options that are not on record; it is external here`)
    parts.volumes[isOne ? key : `${state.project}_${key}`] =
      external || !isKnown || !isSame
        ? { name, external: true }
        : withoutEmpty({ name: isUsual ? undefined : name, labels: Object.fromEntries(labels) })
  }
}

function addFile({ kind, key, source }: ServiceFile, { parts, warnings }: Writing): void {
  const section = kind === 'secret' ? parts.secrets : parts.configs
  switch (source.kind) {
    case 'file':
      section[key] = { file: source.path }
      return
    case 'environment':
      section[key] = { environment: source.variable }
      return
    case 'command':
      section[key] = {
        'x-tcompose': withoutEmpty({
          command: source.argv,
          timeout: source.timeout === undefined ? undefined : `${source.timeout}ms`,
        }),
      }
      return
    case 'external':
      section[key] = { external: true, name: source.name }
      return
    case 'inline':
      warnings.push(
        `the content of ${kind} "${key}" is only in the file that it is from; it is external here`,
      )
      section[key] = { external: true, name: key }
  }
}

/** Paths of the host, as values of keys that hold one. */
const PATH_KEYS: ReadonlySet<string> = new Set(['source', 'file', 'device'])

function withRelativePaths(
  plain: { readonly [key: string]: Plain },
  { workingDirectory }: AppContext,
  projectDirectory: string | undefined,
): { readonly [key: string]: Plain } {
  if (projectDirectory === undefined) return plain
  const base = parseAbsolutePath(
    projectDirectory.startsWith('/') ? projectDirectory : `${workingDirectory}/${projectDirectory}`,
  )
  const change = (value: Plain, key: string): Plain => {
    if (Array.isArray(value)) return value.map(item => change(item, ''))
    if (typeof value === 'object' && value !== null)
      return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, change(item, name)]))
    const isBelow = typeof value === 'string' && PATH_KEYS.has(key) && value.startsWith(`${base}/`)
    return isBelow ? `./${displayPath(base, parseAbsolutePath(value))}` : value
  }
  return Object.fromEntries(Object.entries(plain).map(([key, value]) => [key, change(value, key)]))
}

/** A `$` is a text, so it is doubled. Keys keep their order: that of networks matters. */
function textOf(plain: Plain, format: 'yaml' | 'json'): string {
  const json = JSON.stringify(plain, undefined, 2).replaceAll('$', '$$$$')
  return format === 'json' ? `${json}\n` : plainYaml(JSON.parse(json))
}

function notGenerated(problem: string, hint?: string): TcomposeError {
  return new TcomposeError(
    'not-generated',
    `Cannot generate a Compose file: ${problem}`,
    hint === undefined ? {} : { hint },
  )
}
