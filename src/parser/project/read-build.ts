import { type AbsolutePath, parseAbsolutePath } from '../../base/absolute-path.ts'
import { servicePath } from '../../base/model-path.ts'
import type {
  BuildCache,
  BuildConfig,
  BuildContext,
  BuildSecret,
  BuildSsh,
  DockerfileSource,
  Entitlement,
} from '../../model/build.ts'
import { itemsOf, type MapNode, type Node } from '../document/node.ts'
import { numberAt, textAt, valueAt } from '../rules/rule-context.ts'
import { includedValue } from './included-value.ts'
import { readInlineDockerfile } from './inline-dockerfile.ts'
import { readCache } from './read-build-cache.ts'
import { readBuildContext } from './read-build-context.ts'
import { readExtraHosts } from './read-extra-hosts.ts'
import { readPlatform } from './read-platform.ts'
import type { DeclaredFiles } from './read-service-files.ts'
import { readUlimits } from './read-ulimits.ts'
import { bytesAt, flagAt, listAtKey, textsByKey } from './read-values.ts'

/** What a build takes from its project. */
export interface BuildSurroundings {
  /** The folder that relative folders of caches start from. */
  readonly workingDir: AbsolutePath
  readonly declared: Pick<DeclaredFiles, 'secrets' | 'contents'>
}

/** Reads how the image of the service `name` is built from its normal form; undefined if it is not. */
export function readBuild(
  service: MapNode,
  name: string,
  { workingDir, declared }: BuildSurroundings,
): BuildConfig | undefined {
  const map = valueAt(service, 'build')
  if (map?.kind !== 'map') return undefined
  const network = networkOf(map)
  const privileged = flagAt(map, 'privileged') ?? false
  return {
    context: contextOf(textAt(map, 'context'), workingDir),
    dockerfile: dockerfileOf(map, name),
    args: textsByKey(map, 'args'),
    target: textAt(map, 'target'),
    labels: textsByKey(map, 'labels'),
    tags: listAtKey(map, 'tags') ?? [],
    additionalContexts: additionalContexts(map),
    cacheFrom: readCaches(map, 'cache_from', { name, workingDir }),
    cacheTo: readCaches(map, 'cache_to', { name, workingDir }),
    noCache: flagAt(map, 'no_cache') ?? false,
    noCacheFilter: listAtKey(map, 'no_cache_filter') ?? [],
    pull: flagAt(map, 'pull') ?? false,
    network,
    shmSize: bytesAt(map, 'shm_size'),
    ulimits: readUlimits(map),
    extraHosts: readExtraHosts(map),
    privileged,
    entitlements: entitlementsOf(map, { network, privileged }),
    secrets: readSecrets(map, name, declared),
    ssh: (listAtKey(map, 'ssh') ?? []).map(readSsh),
    platforms: (listAtKey(map, 'platforms') ?? []).flatMap(text => readPlatform(text) ?? []),
  }
}

function contextOf(text: string | undefined, workingDir: AbsolutePath): BuildContext {
  return readBuildContext(text ?? workingDir) ?? { kind: 'folder', path: workingDir }
}

function dockerfileOf(map: MapNode, name: string): DockerfileSource {
  const inline = valueAt(map, 'dockerfile_inline')
  return inline?.kind === 'scalar'
    ? readInlineDockerfile(inline, servicePath(name, 'build', 'dockerfile_inline'))
    : { kind: 'file', path: textAt(map, 'dockerfile') ?? 'Dockerfile' }
}

function additionalContexts(map: MapNode): BuildConfig['additionalContexts'] {
  return new Map(
    [...textsByKey(map, 'additional_contexts')].flatMap(([name, text]) => {
      const context = readBuildContext(text)
      return context === undefined ? [] : [[name, context] as const]
    }),
  )
}

function readCaches(
  map: MapNode,
  key: 'cache_from' | 'cache_to',
  { name, workingDir }: { readonly name: string; readonly workingDir: AbsolutePath },
): readonly BuildCache[] {
  return (listAtKey(map, key) ?? []).flatMap((text, index) => {
    const origin = servicePath(name, 'build', key, index)
    return readCache(text, { folder: workingDir, origin }) ?? []
  })
}

function networkOf(map: MapNode): BuildConfig['network'] {
  const text = textAt(map, 'network')
  return text === 'host' || text === 'none' ? text : 'default'
}

/** As buildx has it, who asks for a privilege for the whole build allows it to each RUN. */
function entitlementsOf(
  map: MapNode,
  { network, privileged }: Pick<BuildConfig, 'network' | 'privileged'>,
): readonly Entitlement[] {
  const listed = listAtKey(map, 'entitlements') ?? []
  const wanted: readonly (readonly [Entitlement, boolean])[] = [
    ['network.host', network === 'host'],
    ['security.insecure', privileged],
  ]
  return wanted.flatMap(([name, isImplied]) => (isImplied || listed.includes(name) ? [name] : []))
}

/** A secret goes by its `target`, if it has one. What it is made of is declared at the top level. */
function readSecrets(
  map: MapNode,
  name: string,
  { secrets, contents }: BuildSurroundings['declared'],
): readonly BuildSecret[] {
  return itemsOf(valueAt(map, 'secrets')).flatMap((grant, index) => {
    if (grant.kind !== 'map') return []
    const key = textAt(grant, 'source') ?? ''
    const source = secretSource(secrets.get(key)?.value, contents)
    if (source === undefined) return []
    const mode = textAt(grant, 'mode')
    return [
      {
        id: textAt(grant, 'target') ?? key,
        source,
        uid: numberAt(grant, 'uid'),
        gid: numberAt(grant, 'gid'),
        mode: mode === undefined ? undefined : Number.parseInt(mode, 8),
        origin: servicePath(name, 'build', 'secrets', index),
      },
    ]
  })
}

function secretSource(
  secret: Node | undefined,
  contents: DeclaredFiles['contents'],
): BuildSecret['source'] | undefined {
  if (secret?.kind !== 'map') return undefined
  const path = textAt(secret, 'file') ?? ''
  if (path.startsWith('/')) return { kind: 'file', path: parseAbsolutePath(path) }
  const variable = textAt(secret, 'environment')
  const value = includedValue(secret, contents)
  return variable === undefined
    ? undefined
    : { kind: 'environment', variable, ...(value !== undefined && { value }) }
}

function readSsh(line: string): BuildSsh {
  const [, id = line, path = ''] = /^([^=]*)=(.*)$/s.exec(line) ?? []
  return { id, paths: path === '' ? [] : [parseAbsolutePath(path)] }
}
