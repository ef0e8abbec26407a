import { parseAbsolutePath } from '../base/absolute-path.ts'
import type { BuildConfig } from '../model/build.ts'
import type { AppContext } from './app-context.ts'

/** What the command line adds to every build. */
export interface BuildFlags {
  /** `NAME=value`; a `NAME` alone has the value of the variable, or is left out where there is none. */
  readonly args: readonly string[]
  readonly noCache: boolean
  readonly pull: boolean
  /** Keys by id; paths are relative to the working directory. */
  readonly ssh: readonly { readonly id: string; readonly paths: readonly string[] }[]
}

/** Those of a command line without any. */
export const NO_BUILD_FLAGS: BuildFlags = { args: [], noCache: false, pull: false, ssh: [] }

/** Returns `config` with `flags`, which take precedence. */
export function withBuildFlags(
  config: BuildConfig,
  flags: BuildFlags,
  { environment, workingDirectory }: Pick<AppContext, 'environment' | 'workingDirectory'>,
): BuildConfig {
  const ssh = flags.ssh.map(({ id, paths }) => ({
    id,
    paths: paths.map(path => parseAbsolutePath(path.startsWith('/') ? path : `${workingDirectory}/${path}`)),
  }))
  const replaced = new Set(ssh.map(({ id }) => id))
  return {
    ...config,
    args: new Map([...config.args, ...flags.args.flatMap(arg => argument(arg, environment))]),
    noCache: config.noCache || flags.noCache,
    pull: config.pull || flags.pull,
    ssh: [...config.ssh.filter(({ id }) => !replaced.has(id)), ...ssh],
  }
}

function argument(
  text: string,
  environment: ReadonlyMap<string, string>,
): readonly (readonly [string, string])[] {
  const at = text.indexOf('=')
  if (at >= 0) return [[text.slice(0, at), text.slice(at + 1)]]
  const value = environment.get(text)
  return value === undefined ? [] : [[text, value]]
}
