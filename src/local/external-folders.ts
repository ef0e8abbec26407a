import { dirname, resolve } from 'node:path'
import { isObject } from '../base/json-reader.ts'
import { readSettingsIfPresent } from '../disk/record-file.ts'
import { settingsPaths } from '../disk/settings-paths.ts'
import { UnfitFile } from '../disk/user-file.ts'
import type { ServiceFile } from '../model/service-file.ts'
import { type ModelSettings, parseModelSettings } from './models/model-settings.ts'

/** Where the user keeps secrets and configs that belong to no project, and says that models are. */
export type ExternalFolders =
  | {
      readonly kind: 'found'
      readonly folders: Readonly<Record<ServiceFile['kind'], string | undefined>>
      /** Where AI models are. */
      readonly models: ModelSettings
      /** The file that was read. @default none exists */
      readonly settings: string | undefined
    }
  /** `reason` says what is wrong with the settings. */
  | { readonly kind: 'unfit'; readonly reason: string }

type FoundSettings = Extract<ExternalFolders, { kind: 'found' }>

const KEYS = ['secrets', 'configs', 'models']

/**
 * Reads `config.json`: the file that TCOMPOSE_CONFIG names, or the first that exists of `~/.config/tcompose/config.json`
 * and `/etc/tcompose/config.json`. Its folders are relative to it.
 */
export function readExternalFolders(environment: ReadonlyMap<string, string>): ExternalFolders {
  const named = environment.get('TCOMPOSE_CONFIG')
  const paths = named ? [resolve(named)] : settingsPaths('config.json', name => environment.get(name))
  for (const path of paths) {
    try {
      const text = readSettingsIfPresent(path)
      if (text !== undefined) return { kind: 'found', ...settingsIn(path, text), settings: path }
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
    settings: undefined,
  }
}

function settingsIn(path: string, text: string): Pick<FoundSettings, 'folders' | 'models'> {
  const settings: unknown = JSON.parse(text)
  if (!isObject(settings)) throw new SyntaxError('its text is not a JSON object')
  const unknown = Object.keys(settings).find(key => !KEYS.includes(key))
  if (unknown !== undefined)
    throw new SyntaxError(
      `it has the key "${unknown}", expected ${KEYS.slice(0, -1).join(', ')} or ${KEYS.at(-1)}`,
    )
  const folderAt = (key: string) => {
    const value = settings[key]
    if (value !== undefined && typeof value !== 'string')
      throw new SyntaxError(`its "${key}" is not the path of a folder`)
    return value === undefined ? undefined : resolve(dirname(path), value)
  }
  return {
    folders: { secret: folderAt('secrets'), config: folderAt('configs') },
    models: parseModelSettings(settings['models']),
  }
}
