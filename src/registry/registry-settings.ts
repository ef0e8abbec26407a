import { isObject, type JsonObject, objectAt, textAt, textsAt } from '../base/json-reader.ts'
import { readSettingsIfPresent } from '../disk/record-file.ts'
import { settingsPaths } from '../disk/settings-paths.ts'
import { UnfitFile } from '../disk/user-file.ts'
import { settingsInvalid } from './registry-errors.ts'

/** What the user says of one registry. */
export interface RegistrySetting {
  /** Hosts that are asked first, in this order. */
  readonly mirrors: readonly string[]
  /** Take any certificate, and plain http where there is no TLS. */
  readonly insecure: boolean
  /** A file with the certificates of authorities, PEM. */
  readonly ca: string | undefined
}

/** Settings by host, as image references spell it. */
export type RegistrySettings = ReadonlyMap<string, RegistrySetting>

/**
 * Reads `registries.json`: the file that TCOMPOSE_REGISTRIES names, or the first that exists of
 * `~/.config/tcompose/registries.json` and `/etc/tcompose/registries.json`. Without one, nothing is set.
 *
 * @throws {TcomposeError} `registry-settings` if it is malformed.
 */
export function readRegistrySettings(environment: NodeJS.ProcessEnv): RegistrySettings {
  const named = environment['TCOMPOSE_REGISTRIES']
  const usual = settingsPaths('registries.json', name => environment[name])
  for (const path of named ? [named] : usual) {
    const text = readSettings(path)
    if (text !== undefined) return parseSettings(path, text)
    if (path === named)
      throw settingsInvalid(path, 'it does not exist, expected the file TCOMPOSE_REGISTRIES names')
  }
  return new Map()
}

function readSettings(path: string): string | undefined {
  try {
    return readSettingsIfPresent(path)
  } catch (error) {
    if (error instanceof UnfitFile) throw settingsInvalid(path, error.message, error)
    throw error
  }
}

function parseSettings(path: string, text: string): RegistrySettings {
  try {
    const settings: unknown = JSON.parse(text)
    if (!isObject(settings)) throw new SyntaxError('its text is not a JSON object')
    const registries = objectAt(settings, 'registries')
    return new Map(Object.entries(registries).map(([host, value]) => [host, parseSetting(host, value)]))
  } catch (error) {
    if (error instanceof SyntaxError) throw settingsInvalid(path, error.message, error)
    throw error
  }
}

function parseSetting(host: string, value: unknown): RegistrySetting {
  if (!isObject(value)) throw new SyntaxError(`its settings of ${host} are not an object`)
  const unknown = Object.keys(value).find(key => !['mirrors', 'insecure', 'ca'].includes(key))
  if (unknown !== undefined) {
    throw new SyntaxError(`it has the key "${unknown}" for ${host}, expected mirrors, insecure or ca`)
  }
  return { mirrors: textsAt(value, 'mirrors'), insecure: flagAt(value, 'insecure'), ca: textAt(value, 'ca') }
}

function flagAt(object: JsonObject, key: string): boolean {
  const value = object[key] ?? false
  if (typeof value !== 'boolean')
    throw new SyntaxError(`its ${key} is ${typeof value}, expected true or false`)
  return value
}
