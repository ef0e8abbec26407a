import type { Diagnostic } from '../../base/diagnostic.ts'
import type { SourceSpan } from '../../base/source-span.ts'
import type { Entry, ListNode, MapNode, Node, ScalarNode } from '../document/node.ts'
import {
  expandTemplate,
  type TemplatePlace,
  type TemplateProblem,
  type TemplateScope,
} from './expand-template.ts'

/** A tree whose values hold no more variables, and what was wrong with them. */
export interface Interpolated {
  readonly document: MapNode
  readonly diagnostics: readonly Diagnostic[]
}

/** Called for every value in which variables were replaced: its place and its text before. */
export type OnTemplate = (span: SourceSpan, text: string) => void

/** Replaces variables in the values of `document`, never in its keys. Warns once about each unset one. */
export function interpolateDocument(
  document: MapNode,
  variables: ReadonlyMap<string, string>,
  onTemplate: OnTemplate = () => undefined,
): Interpolated {
  const interpolation: Interpolation = { variables, diagnostics: [], warned: new Set(), onTemplate }
  return { document: interpolateMap(document, interpolation), diagnostics: interpolation.diagnostics }
}

interface Interpolation {
  readonly variables: ReadonlyMap<string, string>
  readonly diagnostics: Diagnostic[]
  readonly warned: Set<string>
  readonly onTemplate: OnTemplate
}

/** What holds no variable comes back as the same object. */
function interpolateNode(node: Node, interpolation: Interpolation): Node {
  switch (node.kind) {
    case 'scalar':
      return interpolateScalar(node, interpolation)
    case 'list':
      return interpolateList(node, interpolation)
    case 'map':
      return interpolateMap(node, interpolation)
  }
}

function interpolateList(list: ListNode, interpolation: Interpolation): ListNode {
  let isChanged = false
  const items = list.items.map(item => {
    const value = interpolateNode(item, interpolation)
    if (value !== item) isChanged = true
    return value
  })
  return isChanged ? { ...list, items } : list
}

function interpolateMap(map: MapNode, interpolation: Interpolation): MapNode {
  let entries: Map<string, Entry> | undefined
  for (const [key, entry] of map.entries) {
    const value = interpolateNode(entry.value, interpolation)
    if (value === entry.value) continue
    entries ??= new Map(map.entries)
    entries.set(key, { keySpan: entry.keySpan, value })
  }
  return entries === undefined ? map : { ...map, entries }
}

function interpolateScalar(node: ScalarNode, interpolation: Interpolation): ScalarNode {
  if (typeof node.value !== 'string' || !node.value.includes('$')) return node
  interpolation.onTemplate(node.span, node.value)
  return { ...node, value: expandTemplate(node.value, scopeOf(node, node.value, interpolation)) }
}

function scopeOf(node: ScalarNode, template: string, interpolation: Interpolation): TemplateScope {
  return {
    lookup: name => interpolation.variables.get(name),
    onUnset: (name, place) => {
      if (interpolation.warned.has(name)) return
      interpolation.warned.add(name)
      interpolation.diagnostics.push({
        severity: 'warning',
        code: 'unset-variable',
        message: `Variable "${name}" is not set, so an empty string is used`,
        span: spanWithin(node, template, place),
        hint: `Set ${name}, or give it a default: \${${name}:-value}; write "$$" for a literal dollar sign`,
      })
    },
    onProblem: (problem, place) => {
      interpolation.diagnostics.push({
        severity: 'error',
        code: 'interpolation',
        span: spanWithin(node, template, place),
        ...describeProblem(problem),
      })
    },
  }
}

function describeProblem(problem: TemplateProblem): { readonly message: string; readonly hint: string } {
  switch (problem.kind) {
    case 'malformed':
      return {
        message: `Cannot read variable "${problem.expression}": expected \${NAME} or \${NAME:-default}`,
        hint: 'Write "$$" for a literal dollar sign',
      }
    case 'required':
      return {
        message: `Variable "${problem.name}" has no value, and it is required${problem.message === '' ? '' : `: ${problem.message}`}`,
        hint: `Set ${problem.name} in the environment or in .env`,
      }
  }
}

/** The place of an expression inside a scalar; the whole scalar where escapes or folding moved the text. */
function spanWithin(node: ScalarNode, template: string, place: TemplatePlace): SourceSpan {
  const expression = template.slice(place.start, place.end)
  const offset = offsetInRaw(node.raw, template, place)
  if (offset === undefined || expression.includes('\n')) return node.span
  const before = node.raw.slice(0, offset)
  const lineStart = before.lastIndexOf('\n') + 1
  const line = node.span.line + before.split('\n').length - 1
  const column = lineStart === 0 ? node.span.column + offset : offset - lineStart + 1
  return { file: node.span.file, line, column, endLine: line, endColumn: column + expression.length }
}

function offsetInRaw(raw: string, template: string, place: TemplatePlace): number | undefined {
  const expression = template.slice(place.start, place.end)
  const earlier = template.slice(0, place.start).split(expression).length - 1
  let offset = raw.indexOf(expression)
  for (let count = 0; count < earlier && offset !== -1; count++) {
    offset = raw.indexOf(expression, offset + expression.length)
  }
  return offset === -1 ? undefined : offset
}
