import { isGoSpace, skipSpace, trimSpaceEnd } from './go-space.ts'
import type { LogicalLine, Range } from './logical-line.ts'

/** A word that begins with `--`; its quotes are gone, and so are its backslashes. */
export interface FlagText extends Range {
  readonly text: string
  /** Where each character of `text` is in the logical line. */
  readonly offsets: readonly number[]
}

/** An instruction's three parts. */
export interface InstructionParts {
  readonly keyword: Range
  readonly flags: readonly FlagText[]
  /** What comes after the flags, without spaces at both ends. */
  readonly body: Range
}

/** Splits a logical line, or the part from `start` on, into keyword, flags and the rest. */
export function splitInstruction({ text }: LogicalLine, start = 0): InstructionParts {
  const begin = skipSpace(text, start)
  const end = trimSpaceEnd(text, begin)
  let keywordEnd = begin
  while (keywordEnd < end && !isSeparator(text.charCodeAt(keywordEnd))) keywordEnd++
  const { flags, bodyStart } = splitFlags(text, keywordEnd, end)
  const body = skipSpace(text, bodyStart, end)
  return {
    keyword: { start: begin, end: keywordEnd },
    flags,
    body: { start: body, end: trimSpaceEnd(text, body, end) },
  }
}

/** Tells whether a character, given as its code, separates words: a blank, tab, form feed or the like. */
export function isSeparator(code: number): boolean {
  return code === 0x20 || code === 0x09 || code === 0x0b || code === 0x0c || code === 0x0d
}

interface SplitFlags {
  readonly flags: readonly FlagText[]
  readonly bodyStart: number
}

function splitFlags(text: string, start: number, end: number): SplitFlags {
  const flags: FlagText[] = []
  let index = skipSpace(text, start, end)
  while (text.startsWith('--', index) && index + 2 <= end) {
    const flag = readFlag(text, index, end)
    if (flag.text === '--') return { flags, bodyStart: flag.end }
    flags.push(flag)
    index = skipSpace(text, flag.end, end)
  }
  return { flags, bodyStart: index }
}

function readFlag(text: string, start: number, end: number): FlagText {
  const offsets: number[] = []
  let quote: string | undefined
  let index = start
  for (; index < end; index++) {
    const character = text[index] ?? ''
    if (quote === undefined && isGoSpace(text.charCodeAt(index))) break
    if (character === quote) quote = undefined
    else if (quote === undefined && (character === '"' || character === "'")) quote = character
    else if (character !== '\\') offsets.push(index)
    else if (index + 1 < end) offsets.push(++index)
  }
  return { start, end: index, text: offsets.map(offset => text[offset]).join(''), offsets }
}
