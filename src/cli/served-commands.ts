import { COMMANDS } from './command-table.ts'

/** What a warm process takes on: commands that end by themselves and read nothing of their standard input. */
const SERVED: ReadonlySet<string> = new Set([
  ...['build', 'config', 'down', 'env', 'explain', 'images', 'kill', 'ls', 'plan', 'port', 'ps'],
  ...['pause', 'pull', 'push', 'restart', 'start', 'stop', 'top', 'unpause', 'up', 'version', 'volumes'],
])
/** With one of these `up` does not stay to show logs. */
const DETACHED: readonly string[] = ['-d', '--detach', '--wait', '--no-start', '--dry-run']
/** Standard input as a file, and a shell in a step of a build. */
const READS_INPUT = /^(?:-|-\w-|--[\w-]+=-|--shell)$/
/** A descriptor of the caller, e.g. of `<(...)`. */
const DESCRIPTOR = /\/dev\/(?:fd|stdin)|\/proc\/(?:self|thread-self)/

/**
 * Tells whether a warm process may run a command. What is not sure to be one of those, because a word of another command
 * is among its arguments, is left to a process of its own, and so is what names a descriptor of its caller.
 */
export function isServed(argv: readonly string[], environment: ReadonlyMap<string, string>): boolean {
  const commands = argv.filter(word => COMMANDS.includes(word))
  if (commands.length === 0 || !commands.every(word => SERVED.has(word))) return false
  if (commands.includes('up') && !argv.some(word => DETACHED.includes(word))) return false
  if (argv.some(word => READS_INPUT.test(word))) return false
  return ![...argv, ...composeVariables(environment)].some(text => DESCRIPTOR.test(text))
}

/** Those that may name files. */
function composeVariables(environment: ReadonlyMap<string, string>): readonly string[] {
  return [...environment].flatMap(([name, value]) => (/^T?COMPOSE_/.test(name) ? [value] : []))
}
