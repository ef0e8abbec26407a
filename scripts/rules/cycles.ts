import type { Finding, SourceFile } from './source-file.ts'

/** No file imports itself by way of others, types included. */
export function checkCycles(files: readonly SourceFile[]): readonly Finding[] {
  const imports = files.map(file => [file.path, file.imports.flatMap(({ target }) => target ?? [])] as const)
  return findCycles(new Map(imports)).map(cycle => ({
    severity: 'error',
    place: cycle[0] ?? '',
    message: `Import cycle: ${cycle.join(' -> ')}`,
  }))
}

/** Returns ways from a node to itself, each with that node at both ends; none if `graph` has no cycle. */
export function findCycles(graph: ReadonlyMap<string, readonly string[]>): ReadonlyArray<readonly string[]> {
  const finished = new Set<string>()
  const cycles: Array<readonly string[]> = []
  const visit = (node: string, trail: readonly string[]): void => {
    const start = trail.indexOf(node)
    if (start >= 0) {
      cycles.push([...trail.slice(start), node])
      return
    }
    if (finished.has(node)) return
    for (const target of graph.get(node) ?? []) visit(target, [...trail, node])
    finished.add(node)
  }
  for (const node of graph.keys()) visit(node, [])
  return cycles
}
