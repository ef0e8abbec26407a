import type { SourceSpan } from '../../base/source-span.ts'

/** What something depends on, and where the file says so. */
export interface CircleEdge {
  readonly to: string
  readonly span: SourceSpan
}

/** Things that depend on each other: the first is named again at the end. */
export interface Circle {
  readonly names: readonly string[]
  /** Of the dependency that closes it. */
  readonly span: SourceSpan
}

/** Returns the circles among `names`, once each. Walks without recursion: a file may chain thousands of services. */
export function findCircles(
  names: Iterable<string>,
  edgesOf: (name: string) => readonly CircleEdge[],
): readonly Circle[] {
  const done = new Set<string>()
  const found: Circle[] = []
  for (const start of names) walk(start)
  return found

  function walk(start: string): void {
    const trail: { readonly name: string; readonly edges: CircleEdge[] }[] = []
    enter(start)
    while (trail.length > 0) {
      const top = trail.at(-1)
      const edge = top?.edges.shift()
      if (top === undefined) return
      if (edge === undefined) {
        done.add(top.name)
        trail.pop()
        continue
      }
      const { to, span } = edge
      const at = trail.findIndex(({ name }) => name === to)
      if (at === -1) enter(to)
      else found.push({ names: [...trail.slice(at).map(({ name }) => name), to], span })
    }

    function enter(name: string): void {
      if (!done.has(name)) trail.push({ name, edges: [...edgesOf(name)] })
    }
  }
}
