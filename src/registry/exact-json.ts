/** Makes a number of a JSON text appear in another one digit by digit; of ECMAScript, not yet of TypeScript's library. */
const rawJson: unknown = Reflect.get(JSON, 'rawJSON')

/**
 * Reads a JSON text so that `formatExactJson` writes every value as it stands there: no digit of a number is lost. To
 * look at numbers, read the text another way.
 *
 * @throws {SyntaxError} If it is not JSON.
 */
export function parseExactJson(text: string): unknown {
  return JSON.parse(text, keepNumber)
}

/** Returns the text of a value, indented by tabs as Docker writes its files. */
export function formatExactJson(value: unknown): string {
  return JSON.stringify(value, undefined, '\t')
}

function keepNumber(...[, value, context]: readonly unknown[]): unknown {
  if (typeof value !== 'number' || typeof rawJson !== 'function') return value
  if (typeof context !== 'object' || context === null || !('source' in context)) return value
  return rawJson(context.source)
}
