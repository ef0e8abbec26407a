import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { projectRoot } from '../project-root.ts'
import { LAYERS, layerArrows } from './layers.ts'
import type { Finding, SourceFile } from './source-file.ts'

const PAGE = 'docs/ARCHITECTURE.md'
const BEGIN = '<!-- layers: drawn by scripts/check-layers.ts --write -->'
const END = '<!-- /layers -->'

/** The drawing of the layers in `docs/ARCHITECTURE.md` shows the arrows that the imports make. */
export function checkDiagram(files: readonly SourceFile[]): readonly Finding[] {
  const text = pageText()
  if (text === undefined) return []
  if (!text.includes(BEGIN) || !text.includes(END)) {
    return [
      {
        severity: 'error',
        place: PAGE,
        message: `No place for the drawing: expected "${BEGIN}" and "${END}"`,
      },
    ]
  }
  if (withDrawing(text, files) === text) return []
  return [
    {
      severity: 'error',
      place: PAGE,
      message: 'The drawing is stale: run "scripts/node scripts/check-layers.ts --write"',
    },
  ]
}

/** Draws the layers into the page. */
export function writeDiagram(files: readonly SourceFile[]): void {
  const text = pageText()
  if (text !== undefined) writeFileSync(join(projectRoot, PAGE), withDrawing(text, files))
}

function pageText(): string | undefined {
  const page = join(projectRoot, PAGE)
  return existsSync(page) ? readFileSync(page, 'utf8') : undefined
}

function withDrawing(text: string, files: readonly SourceFile[]): string {
  const [head, rest = ''] = text.split(BEGIN)
  const [, tail = ''] = rest.split(END)
  return `${head}${BEGIN}\n\n${drawLayers(files)}\n\n${END}${tail}`
}

/**
 * Draws the layers as a Mermaid graph, without the arrows to `base`, which every layer may import, and without those that
 * a chain of others implies.
 */
export function drawLayers(files: readonly SourceFile[]): string {
  const arrows = withoutImplied(layerArrows(files).filter(([, to]) => to !== 'base'))
  const present = Object.keys(LAYERS).filter(layer =>
    files.some(({ path }) => path.startsWith(`src/${layer}/`)),
  )
  const lines = [
    ...present.toReversed().map(layer => `  ${layer}[src/${layer}]`),
    ...arrows.map(([from, to]) => `  ${from} --> ${to}`),
  ]
  return ['```mermaid', 'graph TD', ...lines, '```'].join('\n')
}

type Arrow = readonly [from: string, to: string]

function withoutImplied(arrows: readonly Arrow[]): readonly Arrow[] {
  const after = (layer: string): readonly string[] =>
    arrows.filter(([from]) => from === layer).map(([, to]) => to)
  const reachable = (layers: readonly string[]): ReadonlySet<string> => {
    const seen = new Set(layers)
    for (const layer of seen) for (const next of after(layer)) seen.add(next)
    return seen
  }
  return arrows.filter(([from, to]) => !reachable(after(from).filter(next => next !== to)).has(to))
}
