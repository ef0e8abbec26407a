import type { AliasPath } from '../document/alias-path.ts'
import type { DocumentPath } from '../document/describe-path.ts'
import { type Entry, entriesOf, type Node } from '../document/node.ts'
import { plainValue } from '../document/plain-value.ts'
import type { Layer } from '../layer/layer.ts'
import type { ComposeDocument } from '../load-compose-document.ts'
import { explainTemplate } from './explain-template.ts'
import { followPath } from './follow-path.ts'
import type { Provenance } from './provenance.ts'
import type { Outcome, ProvenanceStep } from './provenance-step.ts'
import { variableOrigin } from './variable-origin.ts'

/**
 * Returns where the value at `path` of a loaded project comes from and what it went through, from the first file to the
 * last. None if nothing is there; services that are off are not explained.
 */
export function explainValue(loaded: ComposeDocument, path: DocumentPath): readonly ProvenanceStep[] {
  const [final] = followPath(loaded.document, path, loaded.document)
  if (final === undefined) return []
  const steps = loaded.provenance.layers.flatMap(layer =>
    followPath(layer.document, path, loaded.document).flatMap(({ value }) =>
      layerSteps(value, { layer, final: final.value, path, provenance: loaded.provenance }),
    ),
  )
  const isWritten = steps.some(step => step.kind === 'written' && step.outcome !== 'replaced')
  return isWritten ? steps : [...steps, unwritten(final)]
}

interface LayerValue {
  readonly layer: Layer
  readonly final: Node
  readonly path: DocumentPath
  readonly provenance: Provenance
}

function layerSteps(value: Node, at: LayerValue): readonly ProvenanceStep[] {
  const { layer, provenance } = at
  const template = provenance.templates.get(value.span)
  const variables =
    template === undefined ? inherited(value, at) : explainTemplate(template.text, template.environment)
  return [
    ...layer.references,
    {
      kind: 'written',
      role: layer.role,
      span: value.span,
      value: plainValue(value),
      outcome: outcomeOf(value, at),
    },
    ...aliasSteps(provenance.aliasPaths.get(value.span)),
    ...variables.map(variable => ({ kind: 'variable', ...variable }) as const),
  ]
}

/** Entries of lists are never merged, only replaced. */
function outcomeOf(value: Node, { final, path }: LayerValue): Outcome {
  if (value.directive !== undefined) return value.directive
  const isInList = path.some(step => typeof step === 'number')
  if (!isInList && value.kind !== 'scalar' && value.kind === final.kind) return 'merged'
  return value.span === final.span ? 'final' : 'replaced'
}

/** A name without a value takes that of the variable of its name. */
function inherited(value: Node, { layer, final, path }: LayerValue) {
  const name = path.at(-1)
  const isOpen = value.kind === 'scalar' && value.value === null
  if (!isOpen || path.at(-2) !== 'environment' || typeof name !== 'string') return []
  if (final.kind !== 'scalar' || final.value === null) return []
  return [
    {
      name,
      expression: name,
      value: String(final.value),
      origin: variableOrigin(name, layer.environment),
    },
  ]
}

/** The innermost was the first. */
function aliasSteps(aliasPath: AliasPath | undefined): readonly ProvenanceStep[] {
  if (aliasPath === undefined) return []
  const { kind, span, name = '' } = aliasPath
  return [kind === 'alias' ? { kind, name, span } : { kind, span }, ...aliasSteps(aliasPath.outer)]
}

function unwritten({ keySpan, value }: Entry): ProvenanceStep {
  return keySpan.file === value.span.file || entriesOf(value).size > 0
    ? { kind: 'implied', span: value.span }
    : { kind: 'env-file', span: keySpan, reference: value.span }
}
