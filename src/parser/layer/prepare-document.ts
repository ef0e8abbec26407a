import { canonicalForm } from '../canonical/canonical-form.ts'
import { type MapNode, mapAt } from '../document/node.ts'
import { interpolateDocument } from '../interpolate/interpolate-document.ts'
import { templatePlaces, withoutTemplates } from '../interpolate/template-places.ts'
import { resolvePaths } from '../normalise/resolve-paths.ts'
import { mapEach, update } from '../normalise/update.ts'
import { valueAt } from '../rules/rule-context.ts'
import { checkSchema, type SchemaAspect } from '../schema/check-schema.ts'
import { checkTraps } from '../schema/check-traps.ts'
import type { LayerScope } from './layer-scope.ts'
import type { LoadSession } from './load-session.ts'

/**
 * Replaces the variables of `document`. If the request leaves that out, only those in `include` and `extends` are
 * replaced: without them it is not known which files belong to the project.
 */
export function interpolateIn(document: MapNode, scope: LayerScope, session: LoadSession): MapNode {
  if (!session.leavesOut('interpolation')) return interpolated(document, scope, session)
  const included = update(document, 'include', items => {
    const only = interpolated(mapAt(document, [['include', items]]), scope, session)
    return valueAt(only, 'include') ?? items
  })
  return update(included, 'services', services =>
    mapEach(services, service =>
      update(service, 'extends', value => {
        const only = interpolated(mapAt(service, [['extends', value]]), scope, session)
        return valueAt(only, 'extends') ?? value
      }),
    ),
  )
}

function interpolated(document: MapNode, scope: LayerScope, session: LoadSession): MapNode {
  const { environment } = scope
  const expanded = interpolateDocument(document, environment.variables, (span, text) => {
    session.templates.set(span, { text, environment })
  })
  session.findings.interpolation.push(...expanded.diagnostics)
  return expanded.document
}

/** Checks an interpolated document, and brings it to its canonical form with absolute paths. */
export function prepareDocument(
  document: MapNode,
  aspects: readonly SchemaAspect[],
  { scope, session }: { readonly scope: LayerScope; readonly session: LoadSession },
): MapNode {
  const { findings } = session
  const templates = session.leavesOut('interpolation') ? templatePlaces([document]) : new Set<string>()
  findings.structure.push(
    ...withoutTemplates(checkSchema(document, aspects), templates),
    ...checkTraps(document),
  )
  const form = canonicalForm(document, templates)
  findings.form.push(...form.diagnostics)
  const keepsPaths = session.leavesOut('paths') && scope.references.length === 0
  return keepsPaths ? form.document : resolvePaths(form.document, scope.base)
}
