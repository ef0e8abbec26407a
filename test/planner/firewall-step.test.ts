import { expect, test } from 'vitest'
import type { ObservedFirewall } from '../../src/model/observed-state.ts'
import { addFirewallStep } from '../../src/planner/firewall-step.ts'
import { StepList } from '../../src/planner/step-list.ts'
import { anObservedState } from '../support/model-builders.ts'

function stepsFor(firewall: ObservedFirewall | undefined) {
  const steps = new StepList()
  addFirewallStep(steps, anObservedState(firewall === undefined ? {} : { firewall }))
  return steps.steps.map(({ action, cause }) => `${action.kind}: ${cause}`)
}

test('addFirewallStep() restores what is missing or altered, and nothing else', () => {
  expect(stepsFor('missing')).toEqual(['restore-firewall: firewall rules of the project are missing'])
  expect(stepsFor('altered')).toEqual(['restore-firewall: firewall rules of the project are altered'])
  expect(stepsFor('intact')).toEqual([])
  expect(stepsFor(undefined)).toEqual([])
})
