import { COMMANDS } from './command-table.ts'

/** What a warm process takes on: commands that end by themselves and ask nothing. */
const SERVED: ReadonlySet<string> = new Set([
  ...['build', 'commit', 'config', 'cp', 'create', 'down', 'env', 'explain', 'graph', 'images', 'kill', 'ls'],
  ...[
    'pause',
    'plan',
    'port',
    'ports',
    'ps',
    'pull',
    'push',
    'restart',
    'scale',
    'start',
    'stop',
    'top',
    'unpause',
  ],
  ...['version', 'volumes'],
])
/** And those that do with one of these options, in some spelling, before what belongs to another program. */
const SERVED_WITH: ReadonlyMap<string, RegExp> = new Map([
  ['rm', /^(?:-\w*f\w*|--force)$/],
  ['stats', /^--no-stream$/],
  ['up', /^(?:-\w*d\w*|--detach|--wait|--no-start|--dry-run)$/],
])
/** And those that run a program on the streams of their caller: a terminal would keep the process for long. */
const ON_STREAMS: ReadonlySet<string> = new Set(['exec', 'run'])
/** With this one `logs` stays. */
const FOLLOWS = /^(?:-\w*f\w*|--follow)$/
/** Standard input as a file, and a shell in a step of a build. */
const READS_INPUT = /^(?:-|-\w-|--[\w-]+=-|--shell)$/
/** A descriptor of the caller, e.g. of `<(...)`. */
const DESCRIPTOR = /\/dev\/(?:fd|stdin)|\/proc\/(?:self|thread-self)/

/** A command, and what its caller has. */
export interface ServedCall {
  readonly argv: readonly string[]
  readonly environment: ReadonlyMap<string, string>
  /** Whether standard input and output are terminals. */
  readonly isAtTerminal: boolean
}

/**
 * Tells whether a warm process may run a command. What is not sure to be one of those, because a word of another command
 * is among its arguments, is left to a process of its own, and so is what names a descriptor of its caller.
 */
export function isServed({ argv, environment, isAtTerminal }: ServedCall): boolean {
  const commands = argv.filter(word => COMMANDS.includes(word))
  if (commands.length === 0 || !commands.every(name => endsByItself(name, argv, isAtTerminal))) return false
  if (argv.some(word => READS_INPUT.test(word))) return false
  return ![...argv, ...composeVariables(environment)].some(text => DESCRIPTOR.test(text))
}

function endsByItself(name: string, argv: readonly string[], isAtTerminal: boolean): boolean {
  const options = argv.slice(argv.indexOf(name) + 1)
  if (ON_STREAMS.has(name)) return !isAtTerminal
  if (name === 'logs') return !options.some(word => FOLLOWS.test(word))
  const needed = SERVED_WITH.get(name)
  return needed === undefined ? SERVED.has(name) : options.some(word => needed.test(word))
}

/** Those that may name files. */
function composeVariables(environment: ReadonlyMap<string, string>): readonly string[] {
  return [...environment].flatMap(([name, value]) => (/^T?COMPOSE_/.test(name) ? [value] : []))
}
