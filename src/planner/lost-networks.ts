import { networkPath } from '../base/model-path.ts'
import type { ObservedContainer, ObservedState } from '../model/observed-state.ts'
import { compareText } from './canonical-json.ts'
import type { StepList } from './step-list.ts'

/**
 * Adds a step for each network of `wanted` whose kernel objects are gone, as after a reboot, which makes it as it was.
 * Returns their ids. Networks of other projects come back with those.
 */
export function addLostNetworks(
  steps: StepList,
  { networks }: Pick<ObservedState, 'networks'>,
  wanted: readonly ObservedContainer[],
): readonly number[] {
  const keys = new Set(wanted.flatMap(({ spec }) => [...(spec?.networkNames.keys() ?? [])]))
  return [...keys].toSorted(compareText).flatMap(key => {
    const { intact = true, network, configHash = '' } = networks.get(key) ?? {}
    if (intact || network === undefined) return []
    return [
      steps.add(
        { kind: 'create-network', network, configHash },
        { cause: 'not intact', origin: networkPath(key) },
      ),
    ]
  })
}
