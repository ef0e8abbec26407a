import type { ObservedState } from '../model/observed-state.ts'
import type { StepList } from './step-list.ts'

/** Adds the step that restores what somebody else took from the firewall: first, since what runs is open until then. */
export function addFirewallStep(steps: StepList, { firewall = 'intact' }: ObservedState): void {
  if (firewall === 'intact') return
  const cause = `firewall rules of the project are ${firewall}`
  steps.add({ kind: 'restore-firewall' }, { cause })
}
