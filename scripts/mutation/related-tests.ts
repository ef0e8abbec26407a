import { basename, dirname } from 'node:path'
import type { SourceFile } from '../rules/source-file.ts'

/** Tests that need more than Node, by their folders. */
const NOT_UNIT = /^test\/(native|e2e|vm)\//

/**
 * Returns the unit tests that reach a source file through imports, at most `count`: the one at the mirrored path, then
 * those in the nearest folders, similar names first, then the nearest by imports.
 */
export function relatedTests(path: string, files: readonly SourceFile[], count: number): readonly string[] {
  const twin = path.replace(/^src/, 'test').replace(/\.ts$/, '.test.ts')
  return byDistance(path, files)
    .filter(found => found.endsWith('.test.ts') && !NOT_UNIT.test(found))
    .map(found => ({ found, likeness: found === twin ? Number.POSITIVE_INFINITY : likeness(found, twin) }))
    .toSorted((a, b) => b.likeness - a.likeness)
    .slice(0, count)
    .map(({ found }) => found)
}

/** Counts the folders at the start of both paths, and after the point the letters at the start of both names. */
function likeness(one: string, other: string): number {
  const folders = sharedStart(dirname(one).split('/'), dirname(other).split('/'))
  const letters = sharedStart([...basename(one)], [...basename(other)])
  return folders + letters / 1000
}

function sharedStart(one: readonly string[], other: readonly string[]): number {
  const apart = one.findIndex((part, index) => part !== other[index])
  return apart === -1 ? one.length : apart
}

/** Breadth first, each level sorted. */
function byDistance(path: string, files: readonly SourceFile[]): readonly string[] {
  const importers = importersOf(files)
  const reached = new Set([path])
  let level: readonly string[] = [path]
  while (level.length > 0) {
    const next = level.flatMap(one => importers.get(one) ?? []).filter(one => !reached.has(one))
    level = [...new Set(next)].sort()
    for (const one of level) reached.add(one)
  }
  return [...reached]
}

function importersOf(files: readonly SourceFile[]): ReadonlyMap<string, readonly string[]> {
  const importers = new Map<string, string[]>()
  for (const { path, imports } of files) {
    for (const { target, typeOnly } of imports) {
      if (target === undefined || typeOnly) continue
      const known = importers.get(target)
      if (known === undefined) importers.set(target, [path])
      else known.push(path)
    }
  }
  return importers
}
