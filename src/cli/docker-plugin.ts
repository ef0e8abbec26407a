/** Docker's own global flags with a value; docker(1). */
const WITH_VALUE: ReadonlySet<string> = new Set([
  ...['--config', '-c', '--context', '-H', '--host', '-l', '--log-level'],
  ...['--tlscacert', '--tlscert', '--tlskey'],
])

const WITHOUT_VALUE: ReadonlySet<string> = new Set(['-D', '--debug', '--tls', '--tlsverify'])

/** A command line as the docker CLI hands it to a plugin. */
export interface PluginCall {
  /** What follows the word `compose`. */
  readonly argv: readonly string[]
  /** The engine that a flag before that word names. */
  readonly engine: string | undefined
}

/**
 * Takes docker's own flags and the word `compose` off the front of a command line, as the docker CLI calls a program
 * `docker-compose` among its cli-plugins: `--context remote compose up`. Any other line comes back as it is.
 */
export function pluginCall(argv: readonly string[]): PluginCall {
  let engine: string | undefined
  for (let at = 0; at < argv.length; at++) {
    const word = argv[at] ?? ''
    if (word === 'compose') return { argv: argv.slice(at + 1), engine }
    const [flag = word, joined] = word.split(/=(.*)/s)
    if (WITH_VALUE.has(flag)) {
      const value = joined ?? argv[++at]
      if (['-c', '--context', '-H', '--host'].includes(flag)) engine = value
    } else if (!WITHOUT_VALUE.has(flag)) break
  }
  return { argv, engine: undefined }
}

/** What the docker CLI asks of a plugin before it lists or calls it; cli-plugins/manager/metadata.go of docker/cli. */
export function pluginMetadata(version: string): string {
  return `${JSON.stringify({
    SchemaVersion: '0.1.0',
    Vendor: 'tcompose',
    Version: `v${version}`,
    ShortDescription: 'Run Compose files with no daemon',
  })}\n`
}

/** The word with which shells, and the docker CLI for them, ask what completes a line; that of spf13/cobra. */
export const COMPLETE_COMMAND = '__complete'

/** The word that the docker CLI asks with. */
export const METADATA_COMMAND = 'docker-cli-plugin-metadata'

/**
 * Returns the engine that the user means where it is not this machine: a flag's, else that of DOCKER_HOST or
 * DOCKER_CONTEXT.
 */
export function foreignEngine(
  engine: string | undefined,
  environment: ReadonlyMap<string, string>,
): string | undefined {
  const named = engine ?? (environment.get('DOCKER_HOST') || environment.get('DOCKER_CONTEXT'))
  if (named === undefined || named === '') return undefined
  return named === 'default' || named.startsWith('unix://') ? undefined : named
}
