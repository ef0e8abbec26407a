import type { ObservedState } from '../model/observed-state.ts'
import type { StepList } from './step-list.ts'

/** Adds the step that restores altered firewall rules: first, since what runs is exposed until then. */
export function addFirewallStep(steps: StepList, { firewall = 'intact' }: ObservedState): void {
  if (firewall === 'intact') return
  const cause = `firewall rules of the project are ${firewall}`
  steps.add({ kind: 'restore-firewall' }, { cause })
}
