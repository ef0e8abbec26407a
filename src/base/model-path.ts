import type { Brand } from './brand.ts'

/**
 * Where a value is in a project's document, e.g. `services.db.volumes.0`: keys as the file has them, list items
 * counted from 0. `Origins` turns it into a line of a file. The functions of this file alone build one.
 */
export type ModelPath = Brand<string, 'ModelPath'>

type Key = string | number

/** Returns the path of the service `name`, or of what `keys` lead to below it. */
export function servicePath(name: string, ...keys: readonly Key[]): ModelPath {
  return pathOf('services', name, keys)
}

/** Returns the path of the network at `key`, or of what `keys` lead to below it. */
export function networkPath(key: string, ...keys: readonly Key[]): ModelPath {
  return pathOf('networks', key, keys)
}

/** Returns the path of the AI model at `key`. */
export function aiModelPath(key: string): ModelPath {
  return pathOf('models', key, [])
}

/** Returns the path of the volume at `key`. */
export function volumePath(key: string, ...keys: readonly Key[]): ModelPath {
  return pathOf('volumes', key, keys)
}

function pathOf(section: string, name: string, keys: readonly Key[]): ModelPath {
  return [section, name, ...keys].join('.') as ModelPath
}
