import { makePrivateFolder } from '../../../disk/record-file.ts'
import type { ProjectName } from '../../../model/names.ts'
import { recordedFirewall } from '../network/firewall-request.ts'
import { projectLayout, type Roots } from '../state/layout.ts'
import { leasesOfOthers, lockLeases, removeLeases } from '../state/network-leases.ts'
import { tryLockProject } from '../state/project-lock.ts'
import { readProjects } from '../state/read-projects.ts'
import { RecordStore } from '../state/record-store.ts'
import { forgetProject } from './forget-project.ts'
import type { KernelNetwork } from './kernel-network.ts'

/**
 * Removes those of the networks called `names` that their own projects went down without, now that nothing uses them. A
 * project that a command is working on is left to it.
 */
export async function removeAbandoned(
  roots: Roots,
  kernel: Pick<KernelNetwork, 'removeInterfaces' | 'updateFirewall'>,
  names: ReadonlySet<string>,
): Promise<void> {
  if (names.size === 0) return
  for (const { project, networks } of readProjects(roots).records) {
    const isAffected = [...networks.values()].some(
      ({ network, abandoned }) => abandoned === true && names.has(network.name),
    )
    if (isAffected) await removeAbandonedOf({ roots, kernel, names }, project)
  }
}

interface Abandoned {
  readonly roots: Roots
  readonly kernel: Pick<KernelNetwork, 'removeInterfaces' | 'updateFirewall'>
  readonly names: ReadonlySet<string>
}

async function removeAbandonedOf({ roots, kernel, names }: Abandoned, project: ProjectName): Promise<void> {
  const layout = projectLayout(roots, project)
  makePrivateFolder(layout.runDir)
  using lock = tryLockProject(layout, 'down')
  if (lock === undefined) return
  const store = new RecordStore(project, layout, 'if-room')
  if (store.record.containers.size > 0) return
  for (const [key, { network, bridge, abandoned }] of store.record.networks) {
    if (abandoned !== true || !names.has(network.name)) continue
    using _leases = await lockLeases(roots, network.name)
    if (leasesOfOthers(roots, network.name, project).length > 0) continue
    const bridges = bridge === undefined ? [] : [bridge]
    const refused = await kernel.removeInterfaces({ bridges, endpoints: [] })
    if (refused.size > 0) continue
    store.setNetwork(key, undefined)
    removeLeases(roots, network.name)
  }
  kernel.updateFirewall(recordedFirewall(roots, project, store))
  if (store.record.networks.size > 0) await store.save()
  else await forgetProject(layout, store)
}
