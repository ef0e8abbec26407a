import { dirname, resolve } from 'node:path'
import { joinWords } from '../base/did-you-mean.ts'
import { isObject } from '../base/json-reader.ts'
import { readSettingsIfPresent } from '../disk/record-file.ts'
import { settingsPaths } from '../disk/settings-paths.ts'
import { UnfitFile } from '../disk/user-file.ts'
import type { RuntimeProgram } from '../engine/local/host/runtime-sources.ts'
import type { ServiceFile } from '../model/service-file.ts'
import { isIpAddress } from '../parser/address/is-ip-address.ts'
import { type ModelSettings, parseModelSettings } from './models/model-settings.ts'

/** What the user has set for all projects. */
export type Settings =
  | {
      readonly kind: 'found'
      /** Where secrets and configs are that belong to no project. */
      readonly folders: Readonly<Record<ServiceFile['kind'], string | undefined>>
      /** Where AI models are. */
      readonly models: ModelSettings
      /** OCI runtimes by name. */
      readonly runtimes: ReadonlyMap<string, RuntimeProgram>
      /** Where ports are published for which a file has no address; undefined is every address. */
      readonly publishDefault: string | undefined
      /** The file that was read. @default none exists */
      readonly file: string | undefined
    }
  /** `reason` says what is wrong with the settings. */
  | { readonly kind: 'unfit'; readonly reason: string }

const KEYS = ['secrets', 'configs', 'models', 'runtimes', 'publish_default']

/**
 * Reads `config.json`: the file that TCOMPOSE_CONFIG names, or the first that exists of `~/.config/tcompose/config.json`
 * and `/etc/tcompose/config.json`. Its paths are relative to it.
 */
export function readSettings(environment: ReadonlyMap<string, string>): Settings {
  const named = environment.get('TCOMPOSE_CONFIG')
  const paths = named ? [resolve(named)] : settingsPaths('config.json', name => environment.get(name))
  for (const path of paths) {
    try {
      const text = readSettingsIfPresent(path)
      if (text !== undefined) return { kind: 'found', ...readText(path, text), file: path }
    } catch (error) {
      if (!(error instanceof SyntaxError || error instanceof UnfitFile)) throw error
      return { kind: 'unfit', reason: `the settings in ${path} cannot be read: ${error.message}` }
    }
  }
  if (named)
    return { kind: 'unfit', reason: `the file ${named}, which TCOMPOSE_CONFIG names, does not exist` }
  return {
    kind: 'found',
    folders: { secret: undefined, config: undefined },
    models: new Map(),
    runtimes: new Map(),
    publishDefault: undefined,
    file: undefined,
  }
}

function readText(path: string, text: string): Omit<Extract<Settings, { kind: 'found' }>, 'kind' | 'file'> {
  const settings: unknown = JSON.parse(text)
  if (!isObject(settings)) throw new SyntaxError('its text is not a JSON object')
  const unknown = Object.keys(settings).find(key => !KEYS.includes(key))
  if (unknown !== undefined) throw new SyntaxError(`it has the key "${unknown}", expected ${joinWords(KEYS)}`)
  const folderAt = (key: string) => {
    const value = settings[key]
    if (value !== undefined && typeof value !== 'string')
      throw new SyntaxError(`its "${key}" is not the path of a folder`)
    return value === undefined ? undefined : resolve(dirname(path), value)
  }
  return {
    folders: { secret: folderAt('secrets'), config: folderAt('configs') },
    models: parseModelSettings(settings['models']),
    runtimes: readRuntimes(settings['runtimes'], dirname(path)),
    publishDefault: readAddress(settings['publish_default']),
  }
}

function readAddress(value: unknown): string | undefined {
  if (value === undefined) return undefined
  if (typeof value === 'string' && isIpAddress(value)) return value
  throw new SyntaxError('its "publish_default" is not an IP address')
}

/** `{"NAME": {"path": "/usr/bin/crun", "args": ["--debug"]}}`. */
function readRuntimes(value: unknown, folder: string): ReadonlyMap<string, RuntimeProgram> {
  if (value === undefined) return new Map()
  if (!isObject(value)) throw new SyntaxError('its "runtimes" is not an object')
  return new Map(Object.entries(value).map(([name, runtime]) => [name, readRuntime(name, runtime, folder)]))
}

function readRuntime(name: string, value: unknown, folder: string): RuntimeProgram {
  const unfit = (problem: string) => new SyntaxError(`its runtime "${name}" ${problem}`)
  if (!isObject(value)) throw unfit('is not an object')
  const unknown = Object.keys(value).find(key => key !== 'path' && key !== 'args')
  if (unknown !== undefined) throw unfit(`has the key "${unknown}", expected path or args`)
  const { path, args = [] } = value
  if (typeof path !== 'string' || path === '') throw unfit('has no "path" of a program')
  if (!isTexts(args)) throw unfit('has "args" that are not a list of texts')
  return { path: resolve(folder, path), args }
}

function isTexts(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every(item => typeof item === 'string')
}
