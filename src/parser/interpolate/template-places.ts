import type { Diagnostic } from '../../base/diagnostic.ts'
import { formatSpan, type SourceSpan } from '../../base/source-span.ts'
import type { MapNode, Node } from '../document/node.ts'

/** The places of the values that hold a variable, for a load that leaves variables as they are. */
export type TemplatePlaces = ReadonlySet<string>

export const NO_TEMPLATES: TemplatePlaces = new Set()

/** Finds the values of `documents` that hold a `$`. */
export function templatePlaces(documents: readonly MapNode[]): TemplatePlaces {
  const places = new Set<string>()
  for (const document of documents) collect(document, places)
  return places
}

function collect(node: Node, places: Set<string>): void {
  switch (node.kind) {
    case 'scalar':
      if (typeof node.value === 'string' && node.value.includes('$')) places.add(formatSpan(node.span))
      break
    case 'list':
      for (const item of node.items) collect(item, places)
      break
    case 'map':
      for (const { value } of node.entries.values()) collect(value, places)
  }
}

/** Tells whether the value at `span` holds a variable. */
export function isTemplate(span: SourceSpan, places: TemplatePlaces): boolean {
  return places.size > 0 && places.has(formatSpan(span))
}

/** Drops diagnostics of values that hold a variable: their final value is not known yet. */
export function withoutTemplates(
  diagnostics: readonly Diagnostic[],
  places: TemplatePlaces,
): readonly Diagnostic[] {
  if (places.size === 0) return diagnostics
  return diagnostics.filter(({ span }) => span === undefined || !isTemplate(span, places))
}
