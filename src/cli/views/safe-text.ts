/**
 * C0, DEL and C1, the bidirectional marks, which reorder text, and the separators that some terminals and parsers take
 * for a newline. A tab and a line feed are layout.
 */
const UNSAFE = /[\p{Cc}\u200e\u200f\u061c\u202a-\u202e\u2066-\u2069\u2028\u2029]/gu
const LAYOUT = /[\n\t]/
/** In characters. A message that a server sends has no limit of its own. */
const LONGEST_MESSAGE = 8192

/** Returns `text` with what could steer a terminal replaced by escapes such as `\x1b`; tabs and line feeds stay. */
export function safeText(text: string): string {
  return text.replace(UNSAFE, character => (LAYOUT.test(character) ? character : escapeOf(character)))
}

/** Does what `safeText` does, and escapes tabs and line feeds too. */
export function safeLine(text: string): string {
  return text.replace(UNSAFE, escapeOf)
}

/** Does what `safeText` does for a message that may come from elsewhere, cut to a length that can be read. */
export function safeMessage(text: string): string {
  return safeText(text.length > LONGEST_MESSAGE ? `${text.slice(0, LONGEST_MESSAGE)}…` : text)
}

/** Returns `value` as JSON in which nothing can steer a terminal; it parses to the same value. */
export function safeJson(value: unknown, indent?: number): string {
  return JSON.stringify(value, undefined, indent).replace(UNSAFE, character =>
    character === '\n' ? character : `\\u${hex(character, 4)}`,
  )
}

function escapeOf(character: string): string {
  if (character === '\n') return '\\n'
  if (character === '\t') return '\\t'
  return character <= '\u00ff' ? `\\x${hex(character, 2)}` : `\\u${hex(character, 4)}`
}

function hex(character: string, digits: number): string {
  return character.charCodeAt(0).toString(16).padStart(digits, '0')
}
