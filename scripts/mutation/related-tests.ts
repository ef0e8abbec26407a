import { dirname } from 'node:path'
import type { SourceFile } from '../rules/source-file.ts'

/** Tests that need more than Node, by their folders. */
const NOT_UNIT = /^test\/(native|e2e|vm)\//

/**
 * Returns the unit tests that reach a source file through imports, at most `count`: the one at the mirrored path, then
 * those in the folders next to that, then the nearest by imports.
 */
export function relatedTests(path: string, files: readonly SourceFile[], count: number): readonly string[] {
  const twin = path.replace(/^src/, 'test').replace(/\.ts$/, '.test.ts')
  return byDistance(path, files)
    .filter(found => found.endsWith('.test.ts') && !NOT_UNIT.test(found))
    .map(found => ({ found, shared: found === twin ? Number.POSITIVE_INFINITY : sharedFolders(found, twin) }))
    .toSorted((a, b) => b.shared - a.shared)
    .slice(0, count)
    .map(({ found }) => found)
}

function sharedFolders(one: string, other: string): number {
  const others = dirname(other).split('/')
  const apart = dirname(one)
    .split('/')
    .findIndex((folder, depth) => folder !== others[depth])
  return apart === -1 ? dirname(one).split('/').length : apart
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
