import type { ProviderCall } from '../../app/provider-port.ts'
import { TcomposeError } from '../../base/tcompose-error.ts'
import type { ProviderAnswer } from '../../engine/engine.ts'
import type { ProviderCommand } from '../../model/provider.ts'
import { findProvider } from './find-provider.ts'
import { parseProviderMessage } from './provider-message.ts'
import { checkOptions, type ProviderMetadata, parseMetadata } from './provider-metadata.ts'
import { type ProgramEnd, runProgram } from './run-program.ts'

const TASK: Readonly<Record<ProviderCommand, string>> = { up: 'start', down: 'remove', stop: 'stop' }

/**
 * Runs the program of a provider by the protocol of docker compose: `PROGRAM compose --project-name=P up --option=value
 * SERVICE`, which says what it does in lines of JSON. `stop` is for those whose `metadata` have it.
 *
 * @throws {TcomposeError} `provider`.
 */
export async function runProvider(call: ProviderCall): Promise<ProviderAnswer> {
  const { command, project, service, provider, warn } = call
  const found = findProvider(provider.type, call.environment)
  if (found.kind === 'missing') throw missingError(call, found.places)
  const metadata = await metadataOf(call, found.path)
  if (command === 'stop' && metadata?.stop === undefined)
    return { ...new Reader(call).answer, isKnown: false }
  const { args, missing, unknown } = checkOptions(provider, command, metadata)
  const [first] = missing
  if (first !== undefined)
    throw providerError(call, `it requires option "${first}", which the file does not have`)
  if (command === 'up')
    for (const name of unknown) warn(`Provider "${provider.type}" has no option "${name}"`)
  await call.beforeRun()
  const reader = new Reader(call)
  const end = await runProgram({
    argv: [found.path, 'compose', `--project-name=${project}`, command, ...args, service],
    ...placeOf(call),
    onLine: line => reader.take(line),
  })
  return { ...reader.finish(end), isKnown: true }
}

function placeOf({
  folder,
  environment,
  signal,
}: ProviderCall): Pick<ProviderCall, 'folder' | 'environment' | 'signal'> {
  return { folder, environment, signal }
}

/** One that has no metadata, or fails to say them, is run without. */
async function metadataOf(call: ProviderCall, path: string): Promise<ProviderMetadata | undefined> {
  const lines: string[] = []
  const end = await runProgram({
    argv: [path, 'compose', 'metadata'],
    ...placeOf(call),
    onLine: line => lines.push(line) > 0,
  })
  return end.kind === 'exited' && end.code === 0 ? parseMetadata(lines.join('\n')) : undefined
}

/** Takes the lines of a provider. */
class Reader {
  readonly #call: ProviderCall
  readonly #prefixed = new Map<string, string>()
  readonly #raw = new Map<string, string>()
  #failure: TcomposeError | undefined

  constructor(call: ProviderCall) {
    this.#call = call
  }

  get answer(): Pick<ProviderAnswer, 'variables'> {
    return { variables: { prefixed: this.#prefixed, raw: this.#raw } }
  }

  /** Returns false when the provider is to be ended. */
  take(line: string): boolean {
    if (line.trim() === '' || this.#failure !== undefined) return this.#failure === undefined
    const message = parseProviderMessage(line)
    switch (message.kind) {
      case 'info':
        this.#call.onInfo(message.message)
        break
      case 'setenv':
        this.#prefixed.set(message.name, message.value)
        break
      case 'rawsetenv':
        this.#raw.set(message.name, message.value)
        break
      case 'error': {
        const [first = '', ...rest] = message.message.trimEnd().split('\n')
        this.#failure = providerError(this.#call, first, rest)
        break
      }
      case 'unfit':
        this.#failure = providerError(this.#call, `it wrote a line that is no message: ${message.reason}`, [
          line,
        ])
        break
      case 'debug':
        break
    }
    return this.#failure === undefined
  }

  /** @throws {TcomposeError} `provider` if it has failed. */
  finish(end: ProgramEnd): Pick<ProviderAnswer, 'variables'> {
    if (end.kind === 'interrupted') throw end.reason
    if (this.#failure !== undefined) throw this.#failure
    if (end.kind === 'failed') throw providerError(this.#call, end.reason)
    if (end.code !== 0) throw providerError(this.#call, `it exited with code ${end.code}`, end.complaint)
    return this.answer
  }
}

function providerError(
  { provider, service, command }: ProviderCall,
  reason: string,
  notes: readonly string[] = [],
): TcomposeError {
  return new TcomposeError(
    'provider',
    `Cannot ${TASK[command]} service "${service}" by provider "${provider.type}": ${reason}`,
    {
      notes,
      hint:
        command === 'up'
          ? 'What it has made meanwhile is released by "tcompose down"'
          : 'Run the command again once the provider can do this',
    },
  )
}

function missingError(
  { provider: { type }, service, command }: ProviderCall,
  places: readonly string[],
): TcomposeError {
  return new TcomposeError(
    'provider',
    `Cannot ${TASK[command]} service "${service}" by provider "${type}": there is no such program`,
    {
      notes: ['Looked for:', ...places],
      hint: `Install the plugin docker-${type} of docker, or a program ${type} in a folder of PATH${
        command === 'down' ? '; where there is nothing to release, a link to /bin/true will do' : ''
      }`,
    },
  )
}
