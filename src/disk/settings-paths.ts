import { join } from 'node:path'

/**
 * Returns where the settings `file` may be, the nearest first: the user's (`$XDG_CONFIG_HOME/tcompose`, by default
 * `~/.config/tcompose`), then the machine's (`/etc/tcompose`).
 */
export function settingsPaths(
  file: string,
  variable: (name: string) => string | undefined,
): readonly string[] {
  const home = variable('HOME')
  const config = variable('XDG_CONFIG_HOME') || (home ? join(home, '.config') : undefined)
  return [...(config === undefined ? [] : [config]), '/etc'].map(folder => join(folder, 'tcompose', file))
}
