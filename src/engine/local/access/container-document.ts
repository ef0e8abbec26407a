import { type JsonObject, objectAt, textsAt } from '../../../base/json-reader.ts'
import { parseImageSettings, withVariable } from '../../../planner/build/image-settings.ts'
import type { ContainerEntry } from '../state/project-record.ts'

/**
 * Returns the configuration `image` with what the service of a container says besides: what docker commit takes for that of the
 * new image. Its history and its layers stay.
 */
export function containerDocument(
  image: JsonObject,
  { spec, exposedPorts = [] }: ContainerEntry,
): JsonObject {
  const { config, labels } = spec
  const settings = parseImageSettings({ document: image })
  const isOwnProcess = config.entrypoint !== undefined && config.entrypoint.length > 0
  let env: readonly string[] = settings.environment
  for (const [name, value] of config.environment) {
    env =
      value === undefined ? env.filter(line => !line.startsWith(`${name}=`)) : withVariable(env, name, value)
  }
  const changes: JsonObject = {
    Env: env,
    Cmd: config.command ?? (isOwnProcess ? [] : settings.command),
    Entrypoint: config.entrypoint ?? settings.entrypoint,
    User: config.user ?? settings.user,
    WorkingDir: config.workingDir ?? settings.workingDir,
    Labels: Object.fromEntries([...settings.labels, ...labels]),
    ExposedPorts: Object.fromEntries([...settings.exposedPorts, ...exposedPorts].map(port => [port, {}])),
    ...(config.stopSignal !== undefined && { StopSignal: config.stopSignal }),
  }
  return { ...image, config: { ...objectAt(image, 'config'), ...changes } }
}

/** Returns the triggers of an image: a build that starts from it would carry them out. */
export function withoutTriggers(image: JsonObject): {
  readonly document: JsonObject
  readonly triggers: readonly string[]
} {
  const { OnBuild: _, ...config } = objectAt(image, 'config')
  return { document: { ...image, config }, triggers: textsAt(objectAt(image, 'config'), 'OnBuild') }
}
