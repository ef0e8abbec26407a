import { eastAsianWidth } from 'get-east-asian-width'

/** Characters of one column that combine with no other: ASCII, Latin, and the symbols of our own output. */
const NARROW = /^[\x20-\x7E\xA1-\xAC\xAE-\u02FF\u2010-\u2027\u2714\u2718\u2800-\u28FF]*$/
const ZERO_WIDTH = /[\p{Mn}\p{Me}\p{Cf}]/u
/** Two code points that are wide together though not alone: a flag, or a symbol in emoji presentation. */
const WIDE_PAIR = /\p{Regional_Indicator}{2}|\p{Emoji}\uFE0F/u
/** Halfwidth sound marks are part of a grapheme cluster, but terminals give each a column of its own. */
const SOUND_MARK = /[\uFF9E\uFF9F]/

/** Returns how many terminal columns `text` takes, if it holds no tabs or control characters. */
export function displayWidth(text: string): number {
  if (NARROW.test(text)) return text.length
  let width = 0
  for (const grapheme of graphemes(text)) width += graphemeWidth(grapheme)
  return width
}

/** Returns `text` with spaces behind it, `width` columns in all; wider text stays as it is. */
export function padColumns(text: string, width: number): string {
  return text + ' '.repeat(Math.max(0, width - displayWidth(text)))
}

/** Returns as much of the start of `text` as fits into `width` columns, in whole graphemes. */
export function firstColumns(text: string, width: number): string {
  return NARROW.test(text) ? text.slice(0, Math.max(0, width)) : fitting(graphemes(text), width).join('')
}

/** Returns as much of the end of `text` as fits into `width` columns, in whole graphemes. */
export function lastColumns(text: string, width: number): string {
  if (NARROW.test(text)) return width <= 0 ? '' : text.slice(-width)
  return fitting(graphemes(text).toReversed(), width).toReversed().join('')
}

function fitting(all: readonly string[], width: number): readonly string[] {
  let used = 0
  const end = all.findIndex(grapheme => {
    used += graphemeWidth(grapheme)
    return used > width
  })
  return end === -1 ? all : all.slice(0, end)
}

let segmenter: Intl.Segmenter | undefined

/** The segmenter is made on first use: loading its tables takes 7 ms, and most text does without. */
function graphemes(text: string): readonly string[] {
  segmenter ??= new Intl.Segmenter('en', { granularity: 'grapheme' })
  return Array.from(segmenter.segment(text), ({ segment }) => segment)
}

/** A cluster is as wide as its base: combining marks and joined emoji are drawn in the same columns. */
function graphemeWidth(grapheme: string): number {
  if (WIDE_PAIR.test(grapheme)) return 2
  const [base, ...attached] = Array.from(grapheme).filter(character => !ZERO_WIDTH.test(character))
  if (base === undefined) return 0
  const marks = attached.filter(character => SOUND_MARK.test(character)).length
  return eastAsianWidth(base.codePointAt(0) ?? 0) + marks
}
