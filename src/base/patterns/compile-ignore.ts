import { cleanPath } from './clean-path.ts'
import { PathRules } from './path-rules.ts'

/**
 * Reads a .dockerignore file: one pattern a line. A line that begins with `#` is a comment; blanks around a pattern and
 * slashes at its ends do not count.
 *
 * @throws {SyntaxError} That names the pattern which is malformed.
 */
export function compileIgnore(text: string): PathRules {
  const lines = text.replace(/^\uFEFF/, '').split('\n')
  return new PathRules(lines.filter(line => !line.startsWith('#')).map(toPattern))
}

function toPattern(line: string): string {
  const trimmed = line.trim()
  if (!trimmed.startsWith('!')) return relative(trimmed)
  return `!${relative(trimmed.slice(1).trim())}`
}

function relative(pattern: string): string {
  if (pattern === '') return ''
  const clean = cleanPath(pattern)
  return clean.length > 1 && clean.startsWith('/') ? clean.slice(1) : clean
}
