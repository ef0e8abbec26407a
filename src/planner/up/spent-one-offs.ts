import type { ObservedContainer, ObservedState } from '../../model/observed-state.ts'
import { compareContainers, isRunning, type Outgoing } from '../stops.ts'
import type { UpOptions } from './up-options.ts'

/**
 * Returns the one-offs to remove: those of `pre_start` hooks that a command has left, those whose creation was cut short, those that were to go when they ended, and, with
 * `--remove-orphans`, all others that have ended.
 */
export function spentOneOffs(
  { oneOffs = [] }: ObservedState,
  { removeOrphans = false }: UpOptions,
): readonly Outgoing[] {
  return oneOffs.toSorted(compareContainers).flatMap(container => {
    const cause = reasonToRemove(container, removeOrphans)
    return cause === undefined ? [] : [{ container, cause }]
  })
}

/** Returns the one-offs that have ended and that nobody removes unless asked to. */
export function endedOneOffs({ oneOffs = [] }: ObservedState): readonly ObservedContainer[] {
  return oneOffs.filter(container => reasonToRemove(container, false) === undefined && isEnded(container))
}

function isEnded({ state }: ObservedContainer): boolean {
  return state.kind === 'exited'
}

function reasonToRemove(container: ObservedContainer, removeOrphans: boolean): string | undefined {
  // Whoever runs one has the project's lock, and removes it.
  if (container.spec?.preStart !== undefined) return 'its command was cut short'
  if (container.state.kind === 'incomplete') return 'its creation did not finish'
  if (isRunning(container)) return undefined
  if (container.spec?.isRemovedAtEnd) return 'it was to be removed at its end'
  return removeOrphans && isEnded(container) ? 'a one-off that has ended' : undefined
}
