import type { AbsolutePath } from '../../base/absolute-path.ts'
import { parseAbsolutePath } from '../../base/absolute-path.ts'
import type { ModelPath } from '../../base/model-path.ts'
import type { BuildCache } from '../../model/build.ts'
import { resolvePath } from '../locate/resolve-path.ts'

/** A place for cached steps as the file has it. */
export interface CacheFields {
  /** Undefined if it has options, but no type. */
  readonly type: string | undefined
  /** Without `type`; keys in lower case. */
  readonly options: ReadonlyMap<string, string>
  /** Fields without `=` beside others that have one. */
  readonly stray: readonly string[]
}

/** Reads a line of `cache_from` or `cache_to`: `type=local,src=...` as CSV, or an image reference alone. */
export function splitCache(text: string): CacheFields {
  const fields = splitCsv(text)
  if (fields.every(field => !field.includes('='))) {
    return { type: 'registry', options: new Map([['ref', text.trim()]]), stray: [] }
  }
  const pairs = fields.filter(field => field.includes('=')).map(splitPair)
  const { type, ...options } = Object.fromEntries(pairs)
  return {
    type,
    options: new Map(Object.entries(options)),
    stray: fields.filter(field => !field.includes('=')),
  }
}

/** Reads `text`; undefined for a type that is not kept here. Relative folders start at `folder`. */
export function readCache(
  text: string,
  { folder, origin }: { readonly folder: AbsolutePath; readonly origin: ModelPath },
): BuildCache | undefined {
  const { type, options } = splitCache(text)
  if (type !== 'local' && type !== 'registry' && type !== 'inline') return undefined
  const placed = [...options].map(([key, value]) => {
    const isPath = type === 'local' && (key === 'src' || key === 'dest')
    return [key, isPath ? parseAbsolutePath(resolvePath(folder, value)) : value] as const
  })
  return { type, options: new Map(placed), origin }
}

function splitPair(field: string): readonly [string, string] {
  const equals = field.indexOf('=')
  return [field.slice(0, equals).trim().toLowerCase(), field.slice(equals + 1)]
}

/** Splits at commas outside of double quotes; two of them within quotes are one. */
function splitCsv(line: string): readonly string[] {
  return [...line.matchAll(/(?:^|,)(?:"((?:[^"]|"")*)"|([^,]*))/g)].map(([, quoted, plain = '']) =>
    quoted === undefined ? plain : quoted.replaceAll('""', '"'),
  )
}
