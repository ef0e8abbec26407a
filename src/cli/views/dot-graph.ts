import { detailsOf, type GraphDetails, type GraphNode, type ServiceGraph } from './service-graph.ts'

export interface DotOptions extends GraphDetails {
  readonly indentation: string
}

/** Returns a graph in the language of Graphviz, as docker compose writes it. */
export function dotGraph({ project, nodes }: ServiceGraph, options: DotOptions): string {
  const { indentation } = options
  const edges = nodes.flatMap(({ name, dependsOn }) =>
    dependsOn.map(other => `${indentation}${quoted(name)} -> ${quoted(other)};\n`),
  )
  return [
    `digraph ${quoted(project)} {\n`,
    `${indentation}layout=dot;\n`,
    ...nodes.map(node => `${indentation}${dotNode(node, options)}\n`),
    '\n',
    ...edges,
    '}\n',
  ].join('')
}

function dotNode(node: GraphNode, options: DotOptions): string {
  const details = detailsOf(node, options).map(
    ([title, lines]) =>
      `<font point-size="10"><br/><br/><b>${title}</b>${lines.map(line => `<br/>${escaped(line)}`).join('')}</font>`,
  )
  const label = `<font point-size="15">${escaped(node.name)}</font>${details.join('')}`
  return `${quoted(node.name)} [style="filled" label=<${label}>];`
}

function quoted(text: string): string {
  return `"${text.replaceAll('"', '\\"')}"`
}

/** Labels are like HTML. */
function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
}
