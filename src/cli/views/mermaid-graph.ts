import { detailsOf, type GraphDetails, type ServiceGraph } from './service-graph.ts'

/** Returns a graph as a flowchart of Mermaid, which pages of GitHub show. Its nodes are numbered: a service may be called `end`. */
export function mermaidGraph({ project, nodes }: ServiceGraph, details: GraphDetails): string {
  const ids = new Map(nodes.map(({ name }, index) => [name, `s${index + 1}`]))
  const lines = nodes.map(node => {
    const parts = detailsOf(node, details).map(([title, own]) => `${title} ${own.map(escaped).join(', ')}`)
    return `  ${ids.get(node.name)}["${[`<b>${escaped(node.name)}</b>`, ...parts].join('<br/>')}"]\n`
  })
  const edges = nodes.flatMap(({ name, dependsOn }) =>
    dependsOn.map(other => `  ${ids.get(name)} --> ${ids.get(other)}\n`),
  )
  return [`---\ntitle: ${project}\n---\nflowchart TB\n`, ...lines, ...edges].join('')
}

function escaped(text: string): string {
  return text
    .replaceAll('&', '#amp;')
    .replaceAll('"', '#quot;')
    .replaceAll('<', '#lt;')
    .replaceAll('>', '#gt;')
}
