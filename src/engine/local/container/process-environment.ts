import { DEFAULT_PATH } from '../../../runtime/launch/program-candidates.ts'

/** Where variables come from. */
export interface EnvironmentInput {
  /** The image's `NAME=value` lines. */
  readonly image: readonly string[]
  readonly hostname: string
  readonly home: string
  readonly tty: boolean
  /** The file's variables; undefined takes one away. */
  readonly service: ReadonlyMap<string, string | undefined>
}

/**
 * Returns a process's `NAME=value` lines. HOME is a last resort, as PATH is; the image may set both. What the service
 * sets wins over all, but a process is never without HOME, as with runc.
 */
export function containerEnvironment(input: EnvironmentInput): readonly string[] {
  const variables = new Map<string, string>([
    ['PATH', DEFAULT_PATH],
    ['HOSTNAME', input.hostname],
    ...(input.tty ? [['TERM', 'xterm'] as const] : []),
    ['HOME', input.home],
    ...input.image.map(splitVariable),
  ])
  for (const [name, value] of input.service) {
    if (value === undefined) variables.delete(name)
    else variables.set(name, value)
  }
  if (!variables.get('HOME')) variables.set('HOME', input.home)
  return [...variables].map(([name, value]) => `${name}=${value}`)
}

/** Returns the environment with `changes`, more `NAME=value` lines, over it. */
export function extendEnvironment(
  environment: readonly string[],
  changes: readonly string[],
): readonly string[] {
  const variables = new Map([...environment, ...changes].map(splitVariable))
  return [...variables].map(([name, value]) => `${name}=${value}`)
}

function splitVariable(line: string): readonly [string, string] {
  const at = line.indexOf('=')
  return at < 0 ? [line, ''] : [line.slice(0, at), line.slice(at + 1)]
}
