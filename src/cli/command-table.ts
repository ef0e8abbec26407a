import { commandPaths } from './command-paths.ts'
import type { CommandDefinition } from './define-command.ts'

/** Those that the help text names first, in its order; all others follow by name. */
const HELP_ORDER: readonly string[] = [
  ...[
    'up',
    'down',
    'build',
    'pull',
    'push',
    'publish',
    'ps',
    'logs',
    'exec',
    'attach',
    'run',
    'cp',
    'export',
    'commit',
    'plan',
    'config',
    'graph',
    'env',
    'explain',
    'schema',
  ],
  ...[
    'start',
    'stop',
    'restart',
    'rm',
    'kill',
    'pause',
    'unpause',
    'wait',
    'watch',
    'ls',
    'images',
    'volumes',
    'image',
    'builder',
    'system',
    'bridge',
    'login',
    'logout',
    'port',
    'ports',
    'top',
    'stats',
    'events',
  ],
  ...['resume', 'systemd', 'doctor', 'completion', 'version'],
  ...['ls', 'rm', 'prune', 'inspect', 'tag', 'load', 'save', 'export', 'import'].map(name => `image/${name}`),
]

/**
 * The paths of all commands, in the order of the help text, a group before what it holds. Each is a file of `commands`, so
 * this list has no entries to maintain.
 */
export const COMMANDS: readonly string[] = commandPaths().toSorted(
  (a, b) => rank(a) - rank(b) || (a < b ? -1 : 1),
)

function rank(path: string): number {
  const at = HELP_ORDER.indexOf(path)
  return at < 0 ? HELP_ORDER.length : at
}

/**
 * Returns the commands that `argv` may mean: to load and describe all of them takes longer than many a command. What names
 * none needs all, as an alias does, and so does the help of the program.
 */
export function neededCommands(argv: readonly string[]): readonly string[] {
  const [first = ''] = argv
  if (first === '--version' || first === '-v') return ['version']
  if (asksForHelp(argv) && !COMMANDS.includes(first)) return COMMANDS
  const named = COMMANDS.filter(path => !path.includes('/') && argv.includes(path))
  const needed = named.flatMap(name => [name, ...neededMembers(name, argv)])
  return needed.length > 0 ? needed : COMMANDS
}

/** Returns what of the group `name` may be meant: all of it where nothing is named, and for the help of the group. */
function neededMembers(name: string, argv: readonly string[]): readonly string[] {
  const members = COMMANDS.filter(path => path.startsWith(`${name}/`))
  if (asksForHelp(argv) && !members.includes(argv.slice(0, 2).join('/'))) return members
  const isNamed = (path: string) =>
    path
      .slice(name.length + 1)
      .split('/')
      .some(word => argv.includes(word))
  const named = members.filter(isNamed)
  return named.length > 0 ? named : members
}

function asksForHelp(argv: readonly string[]): boolean {
  return argv.includes('--help') || argv.includes('-h')
}

/** Loads commands from their files. Each is a part of the program of its own. */
export async function loadCommands(
  paths: readonly string[],
): Promise<ReadonlyMap<string, CommandDefinition>> {
  return new Map(await Promise.all(paths.map(async path => [path, await loadCommand(path)] as const)))
}

async function loadCommand(path: string): Promise<CommandDefinition> {
  const [name = '', member, inner] = path.split('/')
  if (member === undefined) return (await loadFile(name)).command
  return (await (inner === undefined ? loadMember(name, member) : loadTransformation(inner))).command
}

/** The build and the test runner turn such an `import()` into one for each file that fits its pattern. */
function loadFile(name: string): Promise<CommandFile> {
  return import(`./commands/${name}.ts`)
}

function loadMember(group: string, member: string): Promise<CommandFile> {
  return import(`./commands/${group}/${member}.ts`)
}

/** Of a group in a group, of which there is one. */
function loadTransformation(name: string): Promise<CommandFile> {
  return import(`./commands/bridge/transformations/${name}.ts`)
}

interface CommandFile {
  readonly command: CommandDefinition
}
