import type { SourceSpan } from '../../base/source-span.ts'
import type { DocumentPath } from '../document/describe-path.ts'
import type { Node } from '../document/node.ts'
import type { ProjectEnvironment, VariableSource } from '../environment/project-environment.ts'
import type { Layer } from '../layer/layer.ts'
import type { ComposeDocument } from '../load-compose-document.ts'
import { entriesAt } from '../rules/rule-context.ts'
import { explainTemplate } from './explain-template.ts'
import type { Provenance } from './provenance.ts'
import { originIn, type VariableOrigin, variableOrigin } from './variable-origin.ts'

/** Where one variable may come from, and what it is used for. */
export interface ExplainedUse {
  readonly name: string
  /** For the project; an included one may see another. Undefined if nobody sets it. */
  readonly value: string | undefined
  /** The strongest first. */
  readonly candidates: readonly VariableCandidate[]
  readonly uses: readonly VariableUse[]
  /** The services whose containers get a variable of this name, with its value there; null unsets it. */
  readonly services: ReadonlyMap<string, string | null>
}

/** A source that sets the variable. */
export interface VariableCandidate {
  readonly origin: VariableOrigin
  readonly value: string
  /** False: a stronger source sets it too. */
  readonly wins: boolean
}

/** A value that is made with the variable. */
export interface VariableUse {
  /** In the file that `span` names; entries of lists are counted there. */
  readonly path: DocumentPath
  readonly span: SourceSpan
  /** As it is written; a name without a value as the name. */
  readonly expression: string
  readonly value: string
  readonly origin: VariableOrigin
}

/** Describes the variable `name` of a loaded project. */
export function explainVariable({ provenance, services }: ComposeDocument, name: string): ExplainedUse {
  return {
    name,
    value: provenance.environment.variables.get(name),
    candidates: candidatesOf(name, provenance),
    uses: provenance.layers.flatMap(layer => [...usesIn(layer.document, [], { name, layer, provenance })]),
    services: new Map(
      [...services].flatMap(([service, map]) => {
        const value = entriesAt(map, 'environment').get(name)?.value
        return value?.kind === 'scalar'
          ? [[service, value.value === null ? null : String(value.value)] as const]
          : []
      }),
    ),
  }
}

function candidatesOf(name: string, { environment, layers }: Provenance): readonly VariableCandidate[] {
  const found = new Map<VariableSource, VariableCandidate>()
  const environments: Iterable<ProjectEnvironment> = new Set([
    environment,
    ...layers.map(layer => layer.environment),
  ])
  for (const { sources } of environments) {
    const setting = sources.filter(({ values }) => values.has(name))
    for (const [rank, source] of setting.entries()) {
      const wins = rank === 0 || found.get(source)?.wins === true
      found.set(source, { origin: originIn(source, name), value: source.values.get(name) ?? '', wins })
    }
  }
  return [...found.values()]
}

interface Search {
  readonly name: string
  readonly layer: Layer
  readonly provenance: Provenance
}

/** A short form that was split is one use, at its place. */
function* usesIn(node: Node, path: DocumentPath, search: Search): Generator<VariableUse, void, undefined> {
  const template = search.provenance.templates.get(node.span)
  if (template !== undefined) {
    for (const { name, expression, value, origin } of explainTemplate(template.text, template.environment)) {
      if (name === search.name) yield { path, span: node.span, expression, value, origin }
    }
    return
  }
  if (node.kind === 'list') {
    for (const [index, item] of node.items.entries()) yield* usesIn(item, [...path, index], search)
  } else if (node.kind === 'map') {
    for (const [key, { value }] of node.entries) yield* usesIn(value, [...path, key], search)
  } else if (node.value === null && path.at(-2) === 'environment' && path.at(-1) === search.name) {
    yield inheritedUse(node, path, search)
  }
}

function inheritedUse(node: Node, path: DocumentPath, { name, layer }: Search): VariableUse {
  const value = layer.environment.variables.get(name) ?? ''
  return { path, span: node.span, expression: name, value, origin: variableOrigin(name, layer.environment) }
}
