import type { BuildConfig, BuildContext, ImageBuild } from '../../app/index.ts'

/**
 * Returns builds as the JSON that `docker buildx bake` reads and `docker compose build --print` writes: a group of all
 * targets, and a target for each service.
 */
export function bakeDefinition(
  builds: readonly ImageBuild[],
  { push }: { readonly push: boolean },
): BakeDefinition {
  const names = targetNames(builds)
  const targets = builds.map(build => [names.get(build.service), bakeTarget(build, { names, push })] as const)
  return {
    group: { default: { targets: [...names.values()] } },
    target: Object.fromEntries(targets),
  }
}

export interface BakeDefinition {
  readonly group: Readonly<Record<string, { readonly targets: readonly string[] }>>
  readonly target: Readonly<Record<string, Readonly<Record<string, unknown>>>>
}

/** A name of bake has no dots; one that would be there twice gets `_` at its end. */
function targetNames(builds: readonly ImageBuild[]): ReadonlyMap<string, string> {
  const names = new Map<string, string>()
  const used = new Set<string>()
  for (const service of builds.map(build => build.service).sort()) {
    let name = service.replaceAll('.', '_')
    while (used.has(name)) name += '_'
    used.add(name)
    names.set(service, name)
  }
  return names
}

interface BakeOptions {
  readonly names: ReadonlyMap<string, string>
  readonly push: boolean
}

function bakeTarget(
  { image, config, platform }: ImageBuild,
  { names, push }: BakeOptions,
): Readonly<Record<string, unknown>> {
  const { dockerfile } = config
  return withoutEmpty({
    context: contextText(config.context, names),
    contexts: record(config.additionalContexts, context => contextText(context, names)),
    dockerfile: dockerfile.kind === 'file' ? dockerfile.path : undefined,
    'dockerfile-inline': dockerfile.kind === 'inline' ? escaped(dockerfile.text) : undefined,
    args: record(config.args, escaped),
    labels: record(config.labels, escaped),
    tags: [...config.tags, image],
    'cache-from': config.cacheFrom.map(cacheText),
    'cache-to': config.cacheTo.map(cacheText),
    target: config.target,
    secret: config.secrets.map(secretText),
    ssh: config.ssh.map(({ id, paths }) => [id, paths.join(',')].filter(part => part !== '').join('=')),
    platforms: config.platforms.length > 0 ? config.platforms : platform === undefined ? [] : [platform],
    pull: config.pull,
    'no-cache': config.noCache,
    network: config.network === 'default' ? undefined : config.network,
    'no-cache-filter': config.noCacheFilter,
    'shm-size': config.shmSize,
    ulimits: [...config.ulimits].map(([name, { soft, hard }]) => `${name}=${soft}:${hard}`),
    entitlements: config.entitlements,
    'extra-hosts': Object.fromEntries(config.extraHosts.map(({ host, address }) => [host, address])),
    output: [push ? 'type=registry' : 'type=docker'],
  })
}

function contextText(context: BuildContext, names: ReadonlyMap<string, string>): string {
  switch (context.kind) {
    case 'folder':
      return context.path
    case 'git':
    case 'url':
      return context.url
    case 'image':
      return `docker-image://${context.reference}`
    case 'oci-layout':
      return `oci-layout://${context.path}${context.reference === undefined ? '' : `:${context.reference}`}`
    case 'service':
      return `target:${names.get(context.service) ?? context.service}`
  }
}

function cacheText({ type, options }: BuildConfig['cacheFrom'][number]): string {
  return [['type', type], ...options].map(([key, value]) => `${key}=${value}`).join(',')
}

function secretText({ id, source }: BuildConfig['secrets'][number]): string {
  return source.kind === 'file'
    ? `id=${id},type=file,src=${source.path}`
    : `id=${id},type=env,env=${source.variable}`
}

/** Bake replaces variables in what it reads. */
function escaped(text: string): string {
  return text.replaceAll('${', () => '$${')
}

function record<T>(
  entries: ReadonlyMap<string, T>,
  textOf: (value: T) => string,
): Readonly<Record<string, string>> {
  return Object.fromEntries([...entries].map(([key, value]) => [key, textOf(value)]))
}

function withoutEmpty(fields: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => !isEmpty(value)))
}

function isEmpty(value: unknown): boolean {
  if (value === undefined || value === false || value === '') return true
  return typeof value === 'object' && value !== null && Object.keys(value).length === 0
}
