import { nearest } from './nearest.ts'

/** Returns `did you mean "image"?`, or what there is to choose from, or nothing if that is too much. */
export function didYouMean(text: string, candidates: Iterable<string>): string | undefined {
  const known = [...candidates]
  const near = nearest(text, known)
  if (near !== undefined) return `did you mean "${near}"?`
  if (known.length === 0 || known.length > 8) return undefined
  return `expected ${joinWords(known.map(name => `"${name}"`))}`
}

/** Returns `"a", "b" or "c"`. */
export function joinWords(words: readonly string[]): string {
  if (words.length < 2) return words.join('')
  return `${words.slice(0, -1).join(', ')} or ${words.at(-1)}`
}
