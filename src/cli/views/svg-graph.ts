import { detailsOf, type GraphDetails, type GraphNode, type ServiceGraph } from './service-graph.ts'

const MARGIN = 24
const GAP = { x: 32, y: 56 }
const PADDING = { x: 14, y: 12 }
const TITLE = { size: 15, height: 20, advance: 8.6 }
const TEXT = { size: 11, height: 15, advance: 6.4 }

/** A box in the picture. */
interface Box {
  readonly node: GraphNode
  readonly lines: readonly Line[]
  readonly width: number
  readonly height: number
  readonly x: number
  readonly y: number
}

interface Line {
  readonly text: string
  readonly isTitle: boolean
}

/** Returns a picture of a graph: a row for each level, services above what they depend on. */
export function svgGraph({ project, nodes }: ServiceGraph, details: GraphDetails): string {
  const boxes = placed(levelsOf(nodes), details)
  const width = Math.max(0, ...boxes.map(box => box.x + box.width)) + MARGIN
  const height = Math.max(0, ...boxes.map(box => box.y + box.height)) + MARGIN
  const byName = new Map(boxes.map(box => [box.node.name, box]))
  const edges = boxes.flatMap(box =>
    box.node.dependsOn.flatMap(other => {
      const target = byName.get(other)
      return target === undefined ? [] : [edge(box, target)]
    }),
  )
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" font-family="sans-serif">\n`,
    `<title>${escaped(project)}</title>\n`,
    '<defs><marker id="arrow" viewBox="0 0 8 8" refX="8" refY="4" markerWidth="8" markerHeight="8" orient="auto"><path d="M0 0L8 4L0 8z" fill="#555"/></marker></defs>\n',
    ...edges,
    ...boxes.map(boxSvg),
    '</svg>\n',
  ].join('')
}

/** A service is below all that depend on it. */
function levelsOf(nodes: readonly GraphNode[]): readonly (readonly GraphNode[])[] {
  const levels = new Map<string, number>(nodes.map(({ name }) => [name, 0]))
  // In a graph without circles each round settles one more level at least.
  for (const _round of nodes) {
    for (const { name, dependsOn } of nodes) {
      const below = (levels.get(name) ?? 0) + 1
      for (const other of dependsOn) if ((levels.get(other) ?? 0) < below) levels.set(other, below)
    }
  }
  const rows = Map.groupBy(nodes, ({ name }) => levels.get(name) ?? 0)
  return [...rows].toSorted(([a], [b]) => a - b).map(([, row]) => row)
}

function placed(levels: readonly (readonly GraphNode[])[], details: GraphDetails): readonly Box[] {
  const rows = levels.map(row => row.map(node => sized(node, details)))
  const widthOf = (row: readonly { readonly width: number }[]): number =>
    row.reduce((sum, { width }) => sum + width + GAP.x, -GAP.x)
  const widest = Math.max(0, ...rows.map(widthOf))
  let y = MARGIN
  return rows.flatMap(row => {
    let x = MARGIN + Math.round((widest - widthOf(row)) / 2)
    const top = y
    y += Math.max(...row.map(({ height }) => height)) + GAP.y
    return row.map(box => {
      const at = { ...box, x, y: top }
      x += box.width + GAP.x
      return at
    })
  })
}

function sized(node: GraphNode, details: GraphDetails): Omit<Box, 'x' | 'y'> {
  const lines = [
    { text: node.name, isTitle: true },
    ...detailsOf(node, details).flatMap(([title, own]) =>
      own.map(text => ({ text: `${title} ${text}`, isTitle: false })),
    ),
  ]
  const widths = lines.map(({ text, isTitle }) => text.length * (isTitle ? TITLE : TEXT).advance)
  return {
    node,
    lines,
    width: Math.ceil(Math.max(...widths) + 2 * PADDING.x),
    height: TITLE.height + (lines.length - 1) * TEXT.height + 2 * PADDING.y,
  }
}

function edge(from: Box, to: Box): string {
  const start = { x: from.x + from.width / 2, y: from.y + from.height }
  const end = { x: to.x + to.width / 2, y: to.y }
  const middle = (start.y + end.y) / 2
  return `<path d="M${start.x} ${start.y}C${start.x} ${middle} ${end.x} ${middle} ${end.x} ${end.y}" fill="none" stroke="#555" marker-end="url(#arrow)"/>\n`
}

function boxSvg({ lines, x, y, width, height }: Box): string {
  const texts = lines.map(({ text, isTitle }, index) => {
    const { size } = isTitle ? TITLE : TEXT
    const baseline = y + PADDING.y + TITLE.height - 5 + index * TEXT.height
    const weight = isTitle ? ' font-weight="bold"' : ''
    return `<text x="${x + PADDING.x}" y="${baseline}" font-size="${size}"${weight} fill="#222">${escaped(text)}</text>`
  })
  const box = `<rect x="${x}" y="${y}" width="${width}" height="${height}" rx="6" fill="#eef2f7" stroke="#8496aa"/>`
  return `<g>${box}${texts.join('')}</g>\n`
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
}
