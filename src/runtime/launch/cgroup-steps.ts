import type { Cgroup } from '../../linux/cgroup/cgroup.ts'
import type { LaunchStep } from './launch-op.ts'
import { step } from './launch-steps.ts'

/** Returns the steps that move the process into a v1 cgroup; into a v2 one it is born. */
export function enterCgroupSteps(cgroup: Cgroup): readonly LaunchStep[] {
  if (cgroup.version === 2) return []
  return cgroup.folders.map(folder =>
    step({ op: 'enter-cgroup', file: `${folder}/tasks` }, { purpose: `enter control group ${folder}` }),
  )
}

/** Returns the folder for CLONE_INTO_CGROUP. */
export function birthCgroup(cgroup: Cgroup): string | undefined {
  return cgroup.version === 2 ? cgroup.folders[0] : undefined
}
