/** The role of a piece of a message, which decides its colour. */
export type Tone = 'error' | 'warning' | 'frame' | 'strong' | 'hint'

/** Colours `text` according to its tone. */
export type Paint = (tone: Tone, text: string) => string

const CODES: Readonly<Record<Tone, string>> = {
  error: '1;31',
  warning: '1;33',
  frame: '34',
  strong: '1',
  hint: '36',
}

/** Returns a painter that uses ANSI colours, or leaves text as it is. */
export function painter(color: boolean): Paint {
  return color
    ? (tone, text) => (text === '' ? '' : `\x1b[${CODES[tone]}m${text}\x1b[0m`)
    : (_tone, text) => text
}
