import { type GlobToken, isInSet, parseGlob } from './glob-token.ts'

/** A compiled pattern of paths whose wildcards stay within one name. */
export type NamePattern = (path: string) => boolean

/**
 * Compiles a pattern as path/filepath.Match of Go reads it, for the sources of COPY: `*` takes names that begin with a
 * dot, `**` is the same as `*`, a slash is matched by a slash, or by a set that has it. Takes time in proportion to path
 * times pattern at most.
 *
 * @throws {SyntaxError} That names the pattern, if it is malformed.
 */
export function compileNamePattern(pattern: string): NamePattern {
  const chunks = chunksOf(pattern)
  return path => matches(chunks, [...path])
}

/** Tells whether Docker takes `text` for a pattern rather than a path. */
export function hasWildcards(text: string): boolean {
  return /^(?:[^\\*?[]|\\.)*[*?[]/s.test(text)
}

/** Tokens of one character each, behind a star or not. */
interface Chunk {
  readonly isStarred: boolean
  readonly tokens: readonly GlobToken[]
}

function chunksOf(pattern: string): readonly Chunk[] {
  const chunks: { isStarred: boolean; tokens: GlobToken[] }[] = [{ isStarred: false, tokens: [] }]
  try {
    for (const token of parseGlob(pattern, { hasFolders: false })) {
      if (token.kind === 'star') chunks.push({ isStarred: true, tokens: [] })
      else chunks.at(-1)?.tokens.push(token)
    }
  } catch (error) {
    if (error instanceof SyntaxError) throw new SyntaxError(`pattern "${pattern}": ${error.message}`)
    throw error
  }
  return chunks
}

/** A chunk behind a star is taken where it first fits, and the last one at the end. */
function matches(chunks: readonly Chunk[], path: readonly string[]): boolean {
  let at = 0
  for (const [index, chunk] of chunks.entries()) {
    const isLast = index === chunks.length - 1
    const end = chunk.isStarred ? findChunk(chunk, { path, at, isLast }) : chunkEnd(chunk, path, at)
    if (end === undefined) return false
    at = end
  }
  return at === path.length
}

interface ChunkSearch {
  readonly path: readonly string[]
  readonly at: number
  /** It must end where the path does. */
  readonly isLast: boolean
}

/** Returns where the chunk ends that begins behind as many characters as its star must take. */
function findChunk(chunk: Chunk, { path, at, isLast }: ChunkSearch): number | undefined {
  for (let start = at; start <= path.length; start += 1) {
    const end = chunkEnd(chunk, path, start)
    if (end !== undefined && (!isLast || end === path.length)) return end
    if (path[start] === '/') return undefined
  }
  return undefined
}

function chunkEnd({ tokens }: Chunk, path: readonly string[], start: number): number | undefined {
  for (const [index, token] of tokens.entries()) {
    const character = path[start + index]
    if (character === undefined || !takes(token, character)) return undefined
  }
  return start + tokens.length
}

function takes(token: GlobToken, character: string): boolean {
  if (token.kind === 'text') return token.text === character
  return token.kind === 'set' ? isInSet(token, character) : character !== '/'
}
