import { readdirSync } from 'node:fs'
import { join } from 'node:path'

/** The paths that the build found, separated by blanks; not defined when tcompose runs from source. */
declare const COMMAND_PATHS: string | undefined

/** Returns the path of each command: its words, joined by `/`, which are those of its file in `commands` too. */
export function commandPaths(): readonly string[] {
  return typeof COMMAND_PATHS === 'undefined' ? foundPaths() : COMMAND_PATHS.split(' ')
}

function foundPaths(): readonly string[] {
  return readdirSync(join(import.meta.dirname, 'commands'), { recursive: true, encoding: 'utf8' })
    .filter(file => file.endsWith('.ts'))
    .map(file => file.slice(0, -'.ts'.length))
    .sort()
}
