import { drmCards, pciCards } from './drm-cards.ts'
import { allOf, generatedSpec, nodesAt } from './generated-spec.ts'
import { type GpuFinding, PCI_VENDORS } from './gpu-finding.ts'
import { groupsOf } from './node-groups.ts'
import { refusedNode } from './refused-node.ts'
import type { SystemRoot } from './system-root.ts'

/** The node of ROCm's driver, the same for all cards. */
const KFD = '/dev/kfd'

/** Looks for cards of AMD: /dev/kfd and the nodes of each. The libraries of ROCm are in images. */
export function findAmd(root: SystemRoot): GpuFinding {
  const vendor = 'amd'
  const cards = drmCards(root, PCI_VENDORS.amd).filter(({ nodes }) => nodes.length > 0)
  if (cards.length === 0) {
    const [address] = pciCards(root, PCI_VENDORS.amd)
    if (address === undefined) return { kind: 'absent', vendor }
    const reason = `there is a card at PCI address ${address} and no node for it in /dev/dri`
    return { kind: 'broken', vendor, link: 'driver', reason, remedy: 'modprobe amdgpu' }
  }
  if (!root.has(KFD)) {
    const reason = `${KFD}, which programs compute through, does not exist`
    const remedy = 'modprobe amdgpu, with a kernel that has CONFIG_HSA_AMD'
    return { kind: 'broken', vendor, link: 'node', reason, remedy }
  }
  const refused = refusedNode(root, [KFD, ...cards.flatMap(({ nodes }) => nodes)])
  if (refused !== undefined) return { kind: 'broken', vendor, ...refused }
  const gpus = cards.map(({ nodes, pciAddress }, index) => {
    return { name: String(index), model: 'AMD GPU', uuid: undefined, pciAddress, nodes: [KFD, ...nodes] }
  })
  const devices = gpus.map(({ name, nodes }) => ({
    name,
    containerEdits: { deviceNodes: nodesAt(root, nodes), ...groupsOf(root, nodes) },
  }))
  const spec = generatedSpec('amd.com/gpu', [...devices, allOf(devices)])
  return { kind: 'found', vendor, driver: undefined, gpus, specs: [spec], libraryFolders: [] }
}
