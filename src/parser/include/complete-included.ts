import { type MapNode, scalarAt } from '../document/node.ts'
import { inheritValues } from '../environment/inherit-values.ts'
import type { LayerScope } from '../layer/layer-scope.ts'
import { mapEach, update, withDefault } from '../normalise/update.ts'

/** What a project shares with the one that includes it; its name and its own extensions stay behind. */
const SECTIONS = ['services', 'networks', 'volumes', 'secrets', 'configs', 'models']

/**
 * Fills in what only the included project knows: its variables, for names without a value, and its folder, where an
 * image is built with no context named. Only what can be shared is kept.
 */
export function completeIncluded(tree: MapNode, { base, environment }: LayerScope): MapNode {
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
