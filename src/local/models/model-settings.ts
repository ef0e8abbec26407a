import { isObject } from '../../base/json-reader.ts'

/** Where the user says that models are, by reference; `*` is for all others. */
export type ModelSettings = ReadonlyMap<string, ModelSetting>

/** An address, and what the model is called there. */
export interface ModelSetting {
  readonly endpoint: string
  /** @default its reference */
  readonly name?: string
}

/**
 * Reads the value of `models` in `config.json`.
 *
 * @throws {SyntaxError} If it is of another shape.
 */
export function parseModelSettings(value: unknown): ModelSettings {
  if (value === undefined) return new Map()
  if (!isObject(value)) throw new SyntaxError('its "models" is not an object')
  return new Map(
    Object.entries(value).map(([reference, setting]) => [reference, parseSetting(reference, setting)]),
  )
}

function parseSetting(reference: string, value: unknown): ModelSetting {
  const { endpoint, name } = isObject(value) ? value : { endpoint: value, name: undefined }
  if (typeof endpoint !== 'string' || !URL.canParse(endpoint))
    throw new SyntaxError(`its model "${reference}" has no URL`)
  if (name !== undefined && typeof name !== 'string')
    throw new SyntaxError(`the name of its model "${reference}" is no text`)
  return { endpoint, ...(name !== undefined && { name }) }
}
