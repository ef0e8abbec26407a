import type { ObservedProvider, ObservedState } from '../../model/observed-state.ts'
import { compareText } from '../canonical-json.ts'
import type { DesiredState } from '../desired-state.ts'
import type { UpOptions } from './up-options.ts'

/** Returns what providers have made for services that the file declares no more, by service, sorted. */
export function orphanProviders(
  { declaredProviders = new Set() }: DesiredState,
  { providers = new Map() }: ObservedState,
): readonly (readonly [string, ObservedProvider])[] {
  return [...providers]
    .filter(([service]) => !declaredProviders.has(service))
    .sort(([a], [b]) => compareText(a, b))
}

/** Says which there are, where they stay. */
export function orphanProviderWarnings(
  desired: DesiredState,
  observed: ObservedState,
  { removeOrphans, ignoreOrphans }: UpOptions,
): readonly string[] {
  const names = orphanProviders(desired, observed).map(([service]) => service)
  if (names.length === 0 || removeOrphans || ignoreOrphans) return []
  return [
    `Found what providers have made for services that the file does not declare: ${names.join(', ')}; to release it, add --remove-orphans`,
  ]
}
