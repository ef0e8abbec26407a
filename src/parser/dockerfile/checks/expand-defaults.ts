const VARIABLE = /\$(?:(\w+)|\{(\w+)(?:(:?)([-+])([^{}$"'\\]*))?\})/g

/**
 * Returns `text` with its variables replaced and its quotes gone; a variable without a value is empty. Undefined if it
 * has escapes, or variables of another form than `$NAME`, `${NAME}`, `${NAME:-word}` and `${NAME:+word}`.
 */
export function expandDefaults(text: string, values: ReadonlyMap<string, string>): string | undefined {
  if (/[\\`']/.test(text) || text.replaceAll(VARIABLE, '').includes('$')) return undefined
  const unquoted = text.replaceAll('"', '')
  let result = ''
  let end = 0
  for (const match of unquoted.matchAll(VARIABLE)) {
    result += unquoted.slice(end, match.index) + expandVariable(match, values)
    end = match.index + match[0].length
  }
  return result + unquoted.slice(end)
}

function expandVariable(match: RegExpExecArray, values: ReadonlyMap<string, string>): string {
  const [, plain, braced, colon, modifier, word = ''] = match
  const value = values.get(plain ?? braced ?? '')
  const isSet = value !== undefined && !(colon === ':' && value === '')
  if (modifier === '-') return isSet ? value : word
  if (modifier === '+') return isSet ? word : ''
  return value ?? ''
}
