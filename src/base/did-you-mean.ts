import { nearest } from './nearest.ts'

/** Returns `did you mean "image"?`, with the candidates nearest to `text`; undefined if none is near. */
export function didYouMean(text: string, candidates: Iterable<string>): string | undefined {
  const near = nearest(text, candidates)
  return near.length === 0 ? undefined : `did you mean ${joinWords(near.map(name => `"${name}"`))}?`
}

/** Returns `didYouMean()`, or what there is to choose from; undefined if that is too much. */
export function suggestOneOf(text: string, candidates: Iterable<string>): string | undefined {
  const known = [...candidates]
  const meant = didYouMean(text, known)
  if (meant !== undefined || known.length === 0 || known.length > 8) return meant
  return `expected ${joinWords(known.map(name => `"${name}"`))}`
}

/** Returns `"a", "b" or "c"`. */
export function joinWords(words: readonly string[]): string {
  if (words.length < 2) return words.join('')
  return `${words.slice(0, -1).join(', ')} or ${words.at(-1)}`
}
