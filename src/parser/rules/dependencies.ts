import type { Diagnostic } from '../../base/diagnostic.ts'
import { suggestOneOf } from '../../base/did-you-mean.ts'
import type { SourceSpan } from '../../base/source-span.ts'
import { entriesOf, type MapNode } from '../document/node.ts'
import { type CircleEdge, findCircles } from './find-circles.ts'
import { entriesAt, errorAt, type Rule, type RuleInput } from './rule-context.ts'

/** Dependencies are declared, switched on unless optional, and free of circles. */
export const checkDependencies: Rule = input => [
  ...[...input.services].flatMap(([name, service]) => unresolved(input, service, name)),
  ...circles(input),
]

function unresolved(input: RuleInput, service: MapNode, name: string): readonly Diagnostic[] {
  return [...entriesAt(service, 'depends_on')].flatMap(([dependency, { keySpan, value }]) => {
    if (input.services.has(dependency)) return []
    const required = entriesOf(value).get('required')?.value
    if (required?.kind === 'scalar' && required.value === false) return []
    return [unmet(input, { dependency, name, span: keySpan })]
  })
}

function unmet(
  { services, inactive }: RuleInput,
  {
    dependency,
    name,
    span,
  }: { readonly dependency: string; readonly name: string; readonly span: SourceSpan },
): Diagnostic {
  const profiles = inactive.get(dependency)
  if (profiles !== undefined) {
    return errorAt({ span }, 'undefined-reference', {
      message: `Service "${name}" depends on "${dependency}", which its profiles disable`,
      hint: `Enable it with --profile ${profiles[0] ?? ''}, or write "required: false"`,
    })
  }
  return errorAt({ span }, 'undefined-reference', {
    message: `Service "${name}" depends on "${dependency}", which is not declared`,
    hint: suggestOneOf(
      dependency,
      [...services.keys()].filter(other => other !== name),
    ),
  })
}

/** One diagnostic per circle, at the dependency that closes it. */
function circles({ services }: RuleInput): readonly Diagnostic[] {
  const edgesOf = (name: string): readonly CircleEdge[] => {
    const service = services.get(name)
    const dependencies = service === undefined ? [] : [...entriesAt(service, 'depends_on')]
    return dependencies.map(([to, { keySpan }]) => ({ to, span: keySpan }))
  }
  return findCircles(services.keys(), edgesOf).map(({ names, span }) => circle(names, span))
}

function circle(names: readonly string[], span: SourceSpan): Diagnostic {
  const [first = ''] = names
  const message =
    names.length === 2
      ? `Service "${first}" depends on itself`
      : `Services depend on each other in a circle: ${names.join(' -> ')}`
  return errorAt({ span }, 'dependency-cycle', { message, hint: 'Remove one of these dependencies' })
}
