import type { FoundModel, ModelPlace, ModelPort } from '../../app/model-port.ts'
import { isObject, objectIn } from '../../base/json-reader.ts'
import { TcomposeError } from '../../base/tcompose-error.ts'
import type { AiModel } from '../../model/ai-model.ts'
import { findProvider } from '../provider/find-provider.ts'
import { runProgram } from '../provider/run-program.ts'
import { readSettings } from '../settings.ts'

/**
 * Serves models where `config.json` says that they are, or else by the plugin `docker-model` of Docker, as docker compose
 * does.
 */
export const dockerModel: ModelPort = {
  find: async (model, place) => {
    const settings = readSettings(place.environment)
    if (settings.kind === 'unfit') return missing(settings.reason, 'Correct the file')
    const known = settings.models.get(model.reference) ?? settings.models.get('*')
    if (known !== undefined)
      return { kind: 'address', endpoint: known.endpoint, name: known.name ?? model.reference }
    return await findServed(model, place, settings.file ?? '/etc/tcompose/config.json')
  },
  prepare: async (model, { onInfo, ...place }) => {
    const { reference, contextSize, runtimeFlags } = model
    const listed = await ask(model, place, ['ls', '--json'])
    if (!tagsIn(listed.join('\n')).includes(reference)) {
      onInfo(`pulling ${reference}`)
      await ask(model, place, ['pull', reference])
    }
    const size = contextSize === undefined ? [] : ['--context-size', String(contextSize)]
    const flags = runtimeFlags.length === 0 ? [] : ['--', ...runtimeFlags]
    await ask(model, place, ['configure', ...size, reference, ...flags])
  },
}

async function findServed(model: AiModel, place: ModelPlace, settings: string): Promise<FoundModel> {
  const hint = `Install the plugin docker-model, or say where the model is in ${settings}: {"models": {"${model.reference}": "http://..."}}`
  const found = findProvider('model', place.environment)
  const plugins = found.kind === 'missing' ? found.places.filter(path => path.endsWith('/docker-model')) : []
  if (found.kind === 'missing' || !found.path.endsWith('/docker-model'))
    return missing('no address is set, and there is no plugin docker-model', hint, [
      'Looked for:',
      ...plugins,
    ])
  try {
    const status = objectIn((await ask(model, place, ['status', '--json'])).join('\n'))
    const endpoint = status?.['endpoint']
    return typeof endpoint === 'string' && endpoint !== ''
      ? { kind: 'served', endpoint, name: model.reference }
      : missing('docker-model says no address', hint)
  } catch (error) {
    if (!(error instanceof TcomposeError)) throw error
    return missing(error.message, hint, error.notes)
  }
}

function missing(reason: string, hint: string, notes: readonly string[] = []): FoundModel {
  return { kind: 'missing', reason, hint, notes }
}

/** Runs the plugin, and returns its lines. */
async function ask(model: AiModel, place: ModelPlace, args: readonly string[]): Promise<readonly string[]> {
  const [command] = args
  const found = findProvider('model', place.environment)
  if (found.kind === 'missing') throw failed(model, { command, reason: 'there is no such program' })
  const lines: string[] = []
  const onLine = (line: string): boolean => lines.push(line) > 0
  const end = await runProgram({ argv: [found.path, ...args], ...place, onLine })
  if (end.kind === 'interrupted') throw end.reason
  if (end.kind === 'failed') throw failed(model, { command, reason: end.reason })
  if (end.code !== 0)
    throw failed(model, { command, reason: `it exited with code ${end.code}`, notes: end.complaint })
  return lines
}

interface Failure {
  /** Of the plugin. */
  readonly command: string | undefined
  readonly reason: string
  readonly notes?: readonly string[]
}

function failed({ key }: AiModel, { command = '', reason, notes = [] }: Failure): TcomposeError {
  return new TcomposeError('model', `Cannot run "docker-model ${command}" for model "${key}": ${reason}`, {
    hint: 'Run it by hand to see what it wants',
    notes,
  })
}

function tagsIn(text: string): readonly string[] {
  try {
    const value: unknown = JSON.parse(text)
    if (!Array.isArray(value)) return []
    return value.flatMap((item: unknown) =>
      isObject(item) && Array.isArray(item['tags']) ? item['tags'] : [],
    )
  } catch (error) {
    if (error instanceof SyntaxError) return []
    throw error
  }
}
