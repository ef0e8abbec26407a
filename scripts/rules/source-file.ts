import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join, posix } from 'node:path'
import { projectRoot } from '../project-root.ts'

/** A TypeScript file of the checkout, with what it imports. */
export interface SourceFile {
  /** Relative to the checkout, with `/`. */
  readonly path: string
  readonly text: string
  readonly imports: readonly Import[]
}

/** One import or re-export. */
export interface Import {
  readonly specifier: string
  /** Path of the imported file, relative to the checkout; undefined for packages and `node:` modules. */
  readonly target: string | undefined
  readonly line: number
  readonly typeOnly: boolean
}

/** Something that a rule found. */
export interface Finding {
  readonly severity: 'error' | 'warning'
  /** `path:line` or a path. */
  readonly place: string
  readonly message: string
}

/** Reads the TypeScript files below `folder`, sorted by path. */
export function readSourceFiles(folder: string): readonly SourceFile[] {
  return readdirSync(join(projectRoot, folder), { recursive: true, encoding: 'utf8' })
    .filter(path => path.endsWith('.ts'))
    .sort()
    .map(path => {
      const text = readFileSync(join(projectRoot, folder, path), 'utf8')
      return { path: join(folder, path), text, imports: scanImports(join(folder, path), text) }
    })
}

const IMPORT =
  /^(?:import|export)\s+(type\s)?[^'";]*?from\s+'([^']+)'|^import\s+'([^']+)'|\bimport\(\s*'([^']+)'\s*[,)]/gm

/** Finds the imports of a formatted file: statements start a line, strings have single quotes. */
export function scanImports(path: string, text: string): readonly Import[] {
  return [...text.matchAll(IMPORT)].map(match => {
    const specifier = match[2] ?? match[3] ?? match[4] ?? ''
    return {
      specifier,
      target: specifier.startsWith('.') ? posix.join(dirname(path), specifier) : undefined,
      line: lineAt(text, match.index),
      typeOnly: match[1] !== undefined,
    }
  })
}

/** Returns the 1-based line of a position in `text`. */
export function lineAt(text: string, position: number): number {
  return text.slice(0, position).split('\n').length
}

/** Returns `text` with comments and the content of simple strings blanked, positions kept. */
export function codeOnly(text: string): string {
  const blank = (match: string): string => match.replaceAll(/[^\n]/g, ' ')
  return text.replaceAll(/\/\*[\s\S]*?\*\/|\/\/[^\n]*|'(?:[^'\\\n]|\\.)*'/g, blank)
}
