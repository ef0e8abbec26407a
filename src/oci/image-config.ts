import { type AbsolutePath, parseAbsolutePath } from '../base/absolute-path.ts'
import { type Digest, parseDigest } from '../base/digest.ts'
import { countAt, isObject, type JsonObject, objectAt, textAt, textsAt } from '../base/json-reader.ts'
import { type Millis, millisOf } from '../base/millis.ts'
import type { ImageConfig } from '../model/image.ts'
import type { Healthcheck, HealthTest } from '../model/service.ts'

/** The configuration of an image that says nothing. */
export const EMPTY_IMAGE_CONFIG: ImageConfig = {
  entrypoint: [],
  command: [],
  environment: [],
  workingDir: '',
  user: '',
  volumes: [],
  exposedPorts: [],
  labels: new Map(),
  stopSignal: undefined,
  healthcheck: undefined,
}

/**
 * Reads the `config` of an OCI or Docker image configuration.
 *
 * @throws {SyntaxError} If a field is of the wrong type.
 */
export function parseImageConfig(document: JsonObject): ImageConfig {
  const config = objectAt(document, 'config')
  const shell = textsAt(config, 'Shell')
  return {
    entrypoint: textsAt(config, 'Entrypoint'),
    command: textsAt(config, 'Cmd'),
    environment: textsAt(config, 'Env'),
    workingDir: textAt(config, 'WorkingDir') ?? '',
    user: textAt(config, 'User') ?? '',
    volumes: Object.keys(objectAt(config, 'Volumes')).sort().map(volumePath),
    exposedPorts: Object.keys(objectAt(config, 'ExposedPorts')).sort().map(withProtocol),
    labels: labelsOf(objectAt(config, 'Labels')),
    stopSignal: textAt(config, 'StopSignal') || undefined,
    healthcheck: healthcheckOf(config),
    ...(shell.length > 0 && { shell }),
  }
}

/** Returns the digests of the uncompressed layers, the lowest first. @throws {SyntaxError} If they are missing. */
export function parseDiffIds(document: JsonObject): readonly Digest[] {
  return textsAt(objectAt(document, 'rootfs'), 'diff_ids').map(parseDigest)
}

/** A VOLUME without a slash is below the root. */
function volumePath(path: string): AbsolutePath {
  return parseAbsolutePath(`/${path}`)
}

function withProtocol(port: string): string {
  return port.includes('/') ? port : `${port}/tcp`
}

function labelsOf(labels: JsonObject): ReadonlyMap<string, string> {
  return new Map(Object.keys(labels).map(name => [name, textAt(labels, name) ?? '']))
}

function healthcheckOf(config: JsonObject): Healthcheck | undefined {
  const healthcheck = config['Healthcheck'] ?? undefined
  if (healthcheck === undefined) return undefined
  if (!isObject(healthcheck)) throw new SyntaxError('its Healthcheck is not an object')
  return {
    test: healthTestOf(textsAt(healthcheck, 'Test')),
    interval: durationAt(healthcheck, 'Interval'),
    timeout: durationAt(healthcheck, 'Timeout'),
    retries: countAt(healthcheck, 'Retries') || undefined,
    startPeriod: durationAt(healthcheck, 'StartPeriod'),
    startInterval: durationAt(healthcheck, 'StartInterval'),
  }
}

function healthTestOf([kind, ...rest]: readonly string[]): HealthTest | undefined {
  const [command = '', ...parameters] = rest
  switch (kind) {
    case undefined:
      return undefined
    case 'NONE':
      return { kind: 'none' }
    case 'CMD':
      return { kind: 'exec', argv: rest }
    case 'CMD-SHELL':
      return { kind: 'shell', command, ...(parameters.length > 0 && { parameters }) }
    default:
      throw new SyntaxError(`its Healthcheck starts with "${kind}", expected NONE, CMD or CMD-SHELL`)
  }
}

/** Durations are nanoseconds; 0 leaves the choice to others. */
function durationAt(object: JsonObject, key: string): Millis | undefined {
  const nanoseconds = countAt(object, key)
  return nanoseconds === 0 ? undefined : millisOf(Math.max(1, Math.round(nanoseconds / 1e6)))
}
