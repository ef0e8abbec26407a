import type { BuildConfig, BuildSsh } from '../model/build.ts'
import type { ImageBuild } from '../model/build-event.ts'
import type { ImageRequest } from '../model/image-request.ts'
import { builtImageName, type ProjectName } from '../model/names.ts'
import type { Project } from '../model/project.ts'
import type { Service } from '../model/service.ts'

/** The image of a service, and how it is built. */
export interface ServiceBuild {
  readonly project: ProjectName
  readonly service: string
  readonly image: ImageRequest
  readonly config: BuildConfig
  /** The file names the image, so a registry may have it; otherwise the name is made of those of project and service. */
  readonly isNamed: boolean
  readonly dependsOn: readonly string[]
}

/** Returns what builds the image of `service`; undefined if its image is fetched. */
export function serviceBuild(project: Project, service: Service): ServiceBuild | undefined {
  const { build: config, name, image, platform, dependsOn } = service
  if (config === undefined) return undefined
  return {
    project: project.name,
    service: name,
    image: { reference: image, platform: platform ?? project.defaultPlatform },
    config: { ...config, additionalContexts: withImages(project, config.additionalContexts) },
    isNamed: image !== builtImageName(project.name, name, project.nameSeparator),
    dependsOn: dependsOn.map(dependency => dependency.service),
  }
}

/** Returns contexts in which the images of services have their names. */
function withImages(
  { services }: Project,
  contexts: BuildConfig['additionalContexts'],
): BuildConfig['additionalContexts'] {
  return new Map(
    [...contexts].map(([name, context]) => {
      const image = context.kind === 'service' ? services.get(context.service)?.image : undefined
      return [name, image === undefined ? context : { ...context, image }]
    }),
  )
}

/** What a command line adds to every build; flags of `build` of the same names. */
export interface BuildOverrides {
  /** `--build-arg`, with the values of variables where it has none. */
  readonly args?: ReadonlyMap<string, string> | undefined
  /** `--no-cache`. */
  readonly noCache?: boolean | undefined
  /** `--pull`. */
  readonly pull?: boolean | undefined
  /** `--ssh`: these count in place of keys of the same ids. */
  readonly ssh?: readonly BuildSsh[] | undefined
}

/**
 * Returns the build for the one platform that the containers of the service have: as docker compose has it, `up` builds
 * for no other that the file lists.
 */
export function buildForContainers(build: ServiceBuild, overrides: BuildOverrides = {}): ImageBuild {
  const { config, ...rest } = buildForAll(build, overrides)
  return { ...rest, config: { ...config, platforms: [] } }
}

/**
 * Returns the build for all platforms that the file lists. The image gets labels that say for whom it was built, which
 * are docker compose's.
 */
export function buildForAll(
  { project, service, image: { reference, platform }, config }: ServiceBuild,
  overrides: BuildOverrides,
): ImageBuild {
  const labels = new Map([
    ...config.labels,
    ['com.docker.compose.project', project],
    ['com.docker.compose.service', service],
  ])
  return { service, image: reference, platform, config: withOverrides({ ...config, labels }, overrides) }
}

function withOverrides(
  config: BuildConfig,
  { args, noCache = false, pull = false, ssh = [] }: BuildOverrides,
): BuildConfig {
  const ids = new Set(ssh.map(({ id }) => id))
  return {
    ...config,
    args: new Map([...config.args, ...(args ?? [])]),
    noCache: config.noCache || noCache,
    pull: config.pull || pull,
    ssh: [...config.ssh.filter(({ id }) => !ids.has(id)), ...ssh],
  }
}
