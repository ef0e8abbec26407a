import type { ContainerLaunch, JoinedProcesses } from './container-launch.ts'
import type { LaunchStep } from './launch-op.ts'
import { step, targetStep } from './launch-steps.ts'
import { JOINED_PROC_SLOT, JOINED_SHM_SLOT, SPARE_SLOT } from './slots.ts'

/** What goes with a namespace: the mount that shows it, which the owner of the namespace has already. */
const SHOWN = {
  // A new procfs would show the PID namespace of its maker, and the process is not born into the other one yet.
  pid: { target: '/proc', slot: JOINED_PROC_SLOT, filesystem: 0x9fa0 },
  ipc: { target: '/dev/shm', slot: JOINED_SHM_SLOT, filesystem: 0 },
} as const

/** Returns the steps that take, from the containers that are joined, the mounts that show their namespaces. */
export function openJoinedSteps({ spec, extras }: ContainerLaunch): readonly LaunchStep[] {
  return [...(extras.joined ?? [])].flatMap(([type, { record, subject }]) => {
    const { target: path, slot, filesystem } = SHOWN[type]
    const isOwn = spec.mounts.some(
      ({ destination }, index) => destination === path && !extras.mounts.has(index),
    )
    if (!isOwn) return []
    const details = {
      purpose: `share ${path} with ${subject}`,
      origin: extras.origins.get(`linux.namespaces.${type}`),
    }
    return [step({ op: 'open-tree-of', slot, record, path, filesystem }, details)]
  })
}

/** Returns the steps that put such a mount at `target`; undefined where the container mounts one of its own there. */
export function placeJoinedSteps(
  target: string,
  joined: JoinedProcesses | undefined,
): readonly LaunchStep[] | undefined {
  const type = target === '/proc' ? 'pid' : target === '/dev/shm' ? 'ipc' : undefined
  const owner = type === undefined ? undefined : joined?.get(type)
  if (type === undefined || owner === undefined) return undefined
  const details = { purpose: `share ${target} with ${owner.subject}` }
  const { slot } = SHOWN[type]
  const unchanged = { recursive: false, attributes: 0, propagation: 0 }
  return [
    targetStep(target, true, details),
    // Fails where the image has a link in its place.
    step(
      { op: 'open-tree-beneath', slot: SPARE_SLOT, root: '/', path: target.slice(1), ...unchanged },
      details,
    ),
    step({ op: 'place-tree', slot, target }, details),
  ]
}
