import type { TcomposeError } from '../../../base/tcompose-error.ts'
import type { Plan } from '../../../planner/plan.ts'
import { asksForDevices } from '../device/container-devices.ts'
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
  if (wishing.size === 0) return []
  const { deviceProblems } = await import('../device/resolve-devices.ts')
  return [...wishing.values()].flatMap(service => deviceProblems(service, sources))
}
