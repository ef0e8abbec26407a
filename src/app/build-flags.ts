import { parseAbsolutePath } from '../base/absolute-path.ts'
import type { BuildOverrides } from '../planner/index.ts'
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

/** Returns what `flags` mean where they were given. */
export function buildOverrides(
  { args, noCache, pull, ssh }: BuildFlags,
  { variables, workingDirectory }: FlagContext,
): BuildOverrides {
  const absolute = (path: string) =>
    parseAbsolutePath(path.startsWith('/') ? path : `${workingDirectory}/${path}`)
  return {
    args: new Map(args.flatMap(arg => argument(arg, variables))),
    noCache,
    pull,
    ssh: ssh.map(({ id, paths }) => ({ id, paths: paths.map(absolute) })),
  }
}

/** Where flags were given. */
export interface FlagContext extends Pick<AppContext, 'workingDirectory'> {
  /** Those of the project. */
  readonly variables: ReadonlyMap<string, string>
}

function argument(
  text: string,
  variables: ReadonlyMap<string, string>,
): readonly (readonly [string, string])[] {
  const at = text.indexOf('=')
  if (at >= 0) return [[text.slice(0, at), text.slice(at + 1)]]
  const value = variables.get(text)
  return value === undefined ? [] : [[text, value]]
}
