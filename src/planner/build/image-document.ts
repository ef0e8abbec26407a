import type { JsonObject } from '../../base/json-reader.ts'
import type { PlatformName } from '../../model/platform.ts'
import { compareText } from '../canonical-json.ts'
import type { ImageSettings } from './image-settings.ts'

/**
 * Returns the configuration of an image as JSON in the form of the OCI image specification, with Docker's additions, but
 * without `created`, `history` and `rootfs`. What is empty is left out.
 */
export function imageDocument(settings: ImageSettings, platform: PlatformName): JsonObject {
  const [os, architecture] = platform.split('/')
  return {
    architecture,
    os,
    ...settings.otherFields,
    ...(settings.author !== undefined && { author: settings.author }),
    config: configOf(settings),
  }
}

function configOf(settings: ImageSettings): JsonObject {
  return withoutEmpty({
    User: settings.user,
    ExposedPorts: namesAsKeys(settings.exposedPorts),
    Env: settings.environment,
    Entrypoint: settings.entrypoint,
    Cmd: settings.command,
    Volumes: namesAsKeys(settings.volumes),
    WorkingDir: settings.workingDir,
    Labels: Object.fromEntries([...settings.labels].toSorted(([a], [b]) => compareText(a, b))),
    StopSignal: settings.stopSignal,
    ...settings.otherConfig,
    Healthcheck: settings.healthcheck,
    OnBuild: settings.onBuild,
    Shell: settings.shell,
  })
}

function namesAsKeys(names: ReadonlySet<string>): JsonObject {
  return Object.fromEntries([...names].toSorted(compareText).map(name => [name, {}]))
}

function withoutEmpty(object: JsonObject): JsonObject {
  return Object.fromEntries(Object.entries(object).filter(([, value]) => !isEmpty(value)))
}

function isEmpty(value: unknown): boolean {
  if (value === undefined || value === '') return true
  if (typeof value !== 'object' || value === null) return false
  return Object.keys(value).length === 0
}
