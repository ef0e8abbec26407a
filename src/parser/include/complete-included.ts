import { type MapNode, scalarAt, stringOf } from '../document/node.ts'
import { inheritValues } from '../environment/inherit-values.ts'
import type { LayerScope } from '../layer/layer-scope.ts'
import type { LoadSession } from '../layer/load-session.ts'
import { mapEach, update, withDefault } from '../normalise/update.ts'
import { entriesAt, valueAt } from '../rules/rule-context.ts'

/** What a project shares with the one that includes it; its name and its own extensions stay behind. */
const SECTIONS = ['services', 'networks', 'volumes', 'secrets', 'configs', 'models']

/**
 * Fills in what only the included project knows: its variables, for names without a value and for secrets, and its folder, where an
 * image is built with no context named. Only what can be shared is kept.
 */
export function completeIncluded(
  tree: MapNode,
  { base, environment }: LayerScope,
  { scope, session }: Including,
): MapNode {
  noteContents(tree, { variables: environment.variables, outer: scope.environment.variables, session })
  const entries = new Map([...tree.entries].filter(([key]) => SECTIONS.includes(key)))
  return update({ ...tree, entries }, 'services', services =>
    mapEach(services, service => {
      const built = update(service, 'build', build =>
        build.kind === 'map' ? withDefault(build, 'context', scalarAt(build, base.folder)) : build,
      )
      return update(built, 'environment', values => inheritValues(values, environment.variables))
    }),
  )
}

/** The project that includes another. */
interface Including {
  readonly scope: LayerScope
  readonly session: LoadSession
}

interface Noting {
  readonly variables: ReadonlyMap<string, string>
  /** Of the including project. */
  readonly outer: ReadonlyMap<string, string>
  readonly session: LoadSession
}

/** Notes what secrets and configs hold that are made of variables which the including project does not have. */
function noteContents(tree: MapNode, { variables, outer, session: { contents } }: Noting): void {
  for (const section of ['secrets', 'configs']) {
    for (const { value } of entriesAt(tree, section).values()) {
      const node = value.kind === 'map' ? valueAt(value, 'environment') : undefined
      const name = stringOf(node) ?? ''
      const content = variables.get(name)
      if (node === undefined || content === undefined || content === outer.get(name)) continue
      if (!contents.has(node.span)) contents.set(node.span, content)
    }
  }
}
