import { isObject, type JsonObject, objectAt, textAt, textsAt } from '../../base/json-reader.ts'
import type { PlatformName } from '../../model/platform.ts'
import type { BaseImage } from './build-graph.ts'

/** The configuration of an image while its stage is gone through. */
export interface ImageSettings {
  readonly author: string | undefined
  readonly user: string
  readonly workingDir: string
  /** `NAME=value` lines. */
  readonly environment: readonly string[]
  readonly command: readonly string[]
  readonly entrypoint: readonly string[]
  /** `80/tcp`. */
  readonly exposedPorts: ReadonlySet<string>
  readonly volumes: ReadonlySet<string>
  readonly labels: ReadonlyMap<string, string>
  readonly stopSignal: string
  readonly healthcheck: JsonObject | undefined
  readonly onBuild: readonly string[]
  /** Empty is `/bin/sh -c`. */
  readonly shell: readonly string[]
  /** What no instruction changes: platform and fields of other tools. */
  readonly otherFields: JsonObject
  /** The same of the part `config`. */
  readonly otherConfig: JsonObject
}

const DEFAULT_PATH = 'PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin'

/** Returns the settings of an image without anything in it. */
export function emptyImageSettings(platform: PlatformName): ImageSettings {
  const [os, architecture, variant] = platform.split('/')
  const fields = { architecture, os, ...(variant !== undefined && { variant }) }
  return { ...parseImageSettings({ document: fields }), workingDir: '/' }
}

/** Reads the configuration of an image that a stage starts from. @throws {SyntaxError} If a field is of the wrong type. */
export function parseImageSettings({ document }: BaseImage): ImageSettings {
  const config = objectAt(document, 'config')
  return {
    author: textAt(document, 'author') || undefined,
    user: textAt(config, 'User') ?? '',
    workingDir: textAt(config, 'WorkingDir') ?? '',
    environment: textsAt(config, 'Env'),
    command: textsAt(config, 'Cmd'),
    entrypoint: textsAt(config, 'Entrypoint'),
    exposedPorts: new Set(Object.keys(objectAt(config, 'ExposedPorts'))),
    volumes: new Set(Object.keys(objectAt(config, 'Volumes'))),
    labels: labelsOf(objectAt(config, 'Labels')),
    stopSignal: textAt(config, 'StopSignal') ?? '',
    healthcheck: isObject(config['Healthcheck']) ? config['Healthcheck'] : undefined,
    onBuild: textsAt(config, 'OnBuild'),
    shell: textsAt(config, 'Shell'),
    otherFields: without(document, NOT_INHERITED),
    otherConfig: without(config, READ),
  }
}

/** Returns the ONBUILD triggers of an image; none of one that is not known. */
export function onbuildOf(image: BaseImage | undefined): readonly string[] {
  return image === undefined ? [] : textsAt(objectAt(image.document, 'config'), 'OnBuild')
}

/** Returns `settings` with a PATH, which every stage has. */
export function withPath(settings: ImageSettings): ImageSettings {
  if (settings.environment.some(line => nameOf(line) === 'PATH')) return settings
  return { ...settings, environment: [...settings.environment, DEFAULT_PATH] }
}

/** Returns `lines` with a variable set: where it was, else at the end. */
export function withVariable(lines: readonly string[], name: string, value: string): readonly string[] {
  const line = `${name}=${value}`
  const index = lines.findIndex(known => nameOf(known) === name)
  return index < 0 ? [...lines, line] : lines.with(index, line)
}

/** Takes a `NAME=value` line apart; without `=` the value is empty. */
export function splitLine(line: string): readonly [string, string] {
  const name = nameOf(line)
  return [name, line.slice(name.length + 1)]
}

function nameOf(line: string): string {
  const [name = ''] = line.split('=', 1)
  return name
}

/** Of the document: what is read, what a build makes anew, and what older versions of Docker left behind. */
const NOT_INHERITED: ReadonlySet<string> = new Set([
  ...['author', 'config', 'created', 'history', 'rootfs'],
  ...[
    'id',
    'parent',
    'comment',
    'container',
    'container_config',
    'docker_version',
    'Size',
    'size',
    'throwaway',
  ],
  ...['checksum', 'parent_id', 'layer_id', 'moby.buildkit.buildinfo.v1', 'moby.buildkit.cache.v0'],
])

/** Of the part `config`: what is read, and what is of the container that an older version of Docker made it from. */
const READ: ReadonlySet<string> = new Set([
  ...['User', 'WorkingDir', 'Env', 'Cmd', 'Entrypoint', 'ExposedPorts', 'Volumes', 'Labels', 'StopSignal'],
  ...['Healthcheck', 'OnBuild', 'Shell'],
  ...[
    'Hostname',
    'Domainname',
    'AttachStdin',
    'AttachStdout',
    'AttachStderr',
    'Tty',
    'OpenStdin',
    'StdinOnce',
  ],
  ...['Image', 'MacAddress', 'NetworkDisabled', 'Memory', 'MemorySwap', 'CpuShares', 'Cpuset', 'PortSpecs'],
])

function without(object: JsonObject, names: ReadonlySet<string>): JsonObject {
  return Object.fromEntries(
    Object.entries(object).filter(
      ([name, value]) => !names.has(name) && value !== null && value !== undefined,
    ),
  )
}

function labelsOf(labels: JsonObject): ReadonlyMap<string, string> {
  return new Map(Object.keys(labels).map(name => [name, textAt(labels, name) ?? '']))
}
