import { accessSync, constants, statSync } from 'node:fs'
import { isAbsolute, join } from 'node:path'
import { errnoNameOf } from '../../base/errno-name-of.ts'

/** The program of a provider, or where it was looked for. */
export type ProviderSearch =
  | { readonly kind: 'found'; readonly path: string }
  | { readonly kind: 'missing'; readonly places: readonly string[] }

/** Where Docker has plugins for everybody. */
const SYSTEM_PLUGINS = [
  '/usr/local/lib/docker/cli-plugins',
  '/usr/local/libexec/docker/cli-plugins',
  '/usr/lib/docker/cli-plugins',
  '/usr/libexec/docker/cli-plugins',
]

/**
 * Finds the program of a provider as docker compose does: the plugin `docker-TYPE` of Docker, or else TYPE on PATH. Folders
 * of PATH that are relative are passed over: a project cannot bring the program that runs for it.
 */
export function findProvider(type: string, environment: ReadonlyMap<string, string>): ProviderSearch {
  const home = environment.get('HOME') || '/root'
  const own = join(environment.get('DOCKER_CONFIG') || join(home, '.docker'), 'cli-plugins')
  const folders = (environment.get('PATH') ?? '').split(':').filter(isAbsolute)
  const places = [
    ...[own, ...SYSTEM_PLUGINS].map(folder => join(folder, `docker-${type}`)),
    ...folders.map(folder => join(folder, type)),
  ]
  const path = places.find(isProgram)
  return path === undefined ? { kind: 'missing', places } : { kind: 'found', path }
}

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK)
    return statSync(path).isFile()
  } catch (error) {
    if (errnoNameOf(error) === undefined) throw error
    return false
  }
}
