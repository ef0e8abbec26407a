/** An object of a JSON text whose shape is not known yet. */
export type JsonObject = Readonly<Record<string, unknown>>

/** A byte order mark is kept, so that JSON behind one is refused. */
const UTF_8 = new TextDecoder('utf-8', { ignoreBOM: true })

/** @throws {SyntaxError} If `bytes` is not a JSON object. */
export function parseJsonObject(bytes: Uint8Array, what: string): JsonObject {
  const value = parseJson(bytes, what)
  if (!isObject(value)) throw new SyntaxError(`its ${what} is not a JSON object`)
  return value
}

/** @throws {SyntaxError} If `bytes` is not JSON. */
export function parseJson(bytes: Uint8Array, what: string): unknown {
  try {
    return JSON.parse(UTF_8.decode(bytes))
  } catch {
    throw new SyntaxError(`its ${what} is not JSON`)
  }
}

/** Returns the object that `text` is; undefined if it is no JSON, or something else. */
export function objectIn(text: string): JsonObject | undefined {
  try {
    const value: unknown = JSON.parse(text)
    return isObject(value) ? value : undefined
  } catch (error) {
    if (error instanceof SyntaxError) return undefined
    throw error
  }
}

/** Tells whether `value` is an object with keys, not a list. */
export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** Returns the object at `key`, or an empty one. @throws {SyntaxError} If it is something else. */
export function objectAt(object: JsonObject, key: string): JsonObject {
  const value = object[key] ?? {}
  if (!isObject(value)) throw new SyntaxError(`its ${key} is ${typeof value}, expected an object`)
  return value
}

/** Returns the text at `key`, or undefined where there is none. @throws {SyntaxError} If it is something else. */
export function textAt(object: JsonObject, key: string): string | undefined {
  const value = object[key] ?? undefined
  if (value !== undefined && typeof value !== 'string') {
    throw new SyntaxError(`its ${key} is ${typeof value}, expected text`)
  }
  return value
}

/** Returns the count at `key`, or 0. @throws {SyntaxError} If it is something else. */
export function countAt(object: JsonObject, key: string): number {
  const value = object[key] ?? 0
  if (typeof value !== 'number' || !Number.isFinite(value) || value < 0) {
    throw new SyntaxError(`its ${key} is ${JSON.stringify(value)}, expected a count`)
  }
  return value
}

/** Returns the list of texts at `key`, or an empty one. @throws {SyntaxError} If it is something else. */
export function textsAt(object: JsonObject, key: string): readonly string[] {
  const value = listAt(object, key)
  if (!value.every(item => typeof item === 'string')) {
    throw new SyntaxError(`its ${key} has an item that is not text`)
  }
  return value
}

/** Returns the objects listed at `key`, or an empty list. @throws {SyntaxError} If it is something else. */
export function objectsAt(object: JsonObject, key: string): readonly JsonObject[] {
  const value = listAt(object, key)
  if (!value.every(isObject)) throw new SyntaxError(`its ${key} has an item that is not an object`)
  return value
}

function listAt(object: JsonObject, key: string): readonly unknown[] {
  const value = object[key] ?? []
  if (!Array.isArray(value)) throw new SyntaxError(`its ${key} is ${typeof value}, expected a list`)
  return value
}
