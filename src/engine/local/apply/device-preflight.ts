import type { TcomposeError } from '../../../base/tcompose-error.ts'
import type { Plan } from '../../../planner/plan.ts'
import { asksForDevices } from '../device/container-devices.ts'
import { findDeviceProblems } from '../device/find-devices.ts'
import type { DeviceSources } from '../host/device-sources.ts'

/** Does for the devices of services what `preflight` does for all else: each service of the plan is looked at once. */
export async function devicePreflight(plan: Plan, sources: DeviceSources): Promise<readonly TcomposeError[]> {
  const wishing = new Map(
    plan.steps.flatMap(({ action }) =>
      action.kind === 'create-container' && asksForDevices(action.container.config)
        ? [[action.container.service, action.container.config] as const]
        : [],
    ),
  )
  const problems = await Promise.all(
    [...wishing.values()].map(service => findDeviceProblems(service, sources)),
  )
  return problems.flat()
}
