import type { CdiSpec } from '../../../../oci/cdi/cdi-spec.ts'
import { drmCards, pciCards } from './drm-cards.ts'
import { allOf, generatedSpec, nodesAt } from './generated-spec.ts'
import { type FoundGpu, type GpuFinding, PCI_VENDORS } from './gpu-finding.ts'
import { groupsOf } from './node-groups.ts'
import { refusedNode } from './refused-node.ts'
import type { SystemRoot } from './system-root.ts'

/** Where sysfs lists accelerators, such as the NPU of a processor. */
const ACCELERATORS = '/sys/class/accel'

/** Looks for cards and accelerators of Intel: their nodes. The libraries for them are in images. */
export function findIntel(root: SystemRoot): GpuFinding {
  const vendor = 'intel'
  const cards = drmCards(root, PCI_VENDORS.intel).filter(({ nodes }) => nodes.length > 0)
  const gpus = cards.map(({ nodes, pciAddress }, index) => {
    return { name: String(index), model: 'Intel GPU', uuid: undefined, pciAddress, nodes }
  })
  const npus = accelerators(root)
  if (gpus.length + npus.length === 0) {
    const [address] = pciCards(root, PCI_VENDORS.intel)
    if (address === undefined) return { kind: 'absent', vendor }
    const reason = `there is a card at PCI address ${address} and no node for it in /dev/dri`
    return { kind: 'broken', vendor, link: 'driver', reason, remedy: 'modprobe i915' }
  }
  const refused = refusedNode(
    root,
    [...gpus, ...npus].flatMap(({ nodes }) => nodes),
  )
  if (refused !== undefined) return { kind: 'broken', vendor, ...refused }
  const specs = [specOf(root, 'intel.com/gpu', gpus), specOf(root, 'intel.com/npu', npus)].flat()
  return { kind: 'found', vendor, driver: undefined, gpus: [...gpus, ...npus], specs, libraryFolders: [] }
}

function accelerators(root: SystemRoot): readonly FoundGpu[] {
  return root
    .names(ACCELERATORS)
    .filter(name => root.read(`${ACCELERATORS}/${name}/device/vendor`)?.trim() === PCI_VENDORS.intel)
    .map(name => `/dev/accel/${name}`)
    .filter(path => root.has(path))
    .map((path, index) => {
      return {
        name: String(index),
        model: 'Intel NPU',
        uuid: undefined,
        pciAddress: undefined,
        nodes: [path],
        kind: 'npu',
      }
    })
}

function specOf(root: SystemRoot, kind: string, found: readonly FoundGpu[]): readonly CdiSpec[] {
  if (found.length === 0) return []
  const devices = found.map(({ name, nodes }) => ({
    name,
    containerEdits: { deviceNodes: nodesAt(root, nodes), ...groupsOf(root, nodes) },
  }))
  return [generatedSpec(kind, [...devices, allOf(devices)])]
}
