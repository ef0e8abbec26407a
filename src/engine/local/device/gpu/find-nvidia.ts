import type { CdiDeviceSpec, CdiEdits, CdiMount } from '../../../../oci/cdi/cdi-spec.ts'
import { pciCards } from './drm-cards.ts'
import { allOf, generatedSpec, nodesAt } from './generated-spec.ts'
import { type BrokenChain, type FoundGpu, type GpuFinding, PCI_VENDORS } from './gpu-finding.ts'
import { loadedDriver, type NvidiaCard, nvidiaCards } from './nvidia-driver.ts'
import { libraryFolder, libraryVersions, type NvidiaFiles, nvidiaFiles } from './nvidia-files.ts'
import { refusedNode } from './refused-node.ts'
import type { SystemRoot } from './system-root.ts'

const CONTROL = '/dev/nvidiactl'
const MEMORY = '/dev/nvidia-uvm'

/** Nodes that all cards share; of the last three a machine has some. */
const SHARED: readonly string[] = [CONTROL, MEMORY, '/dev/nvidia-uvm-tools', '/dev/nvidia-modeset']

/** Looks for cards of NVIDIA as its own toolkit does: nodes, the driver's own files in /proc, its libraries. */
export function findNvidia(root: SystemRoot): GpuFinding {
  const vendor = 'nvidia'
  if (root.has('/dev/dxg')) return { kind: 'broken', vendor, ...ON_WSL }
  const version = loadedDriver(root)
  const cards = version === undefined ? [] : nvidiaCards(root)
  if (version === undefined) {
    const [address] = pciCards(root, PCI_VENDORS.nvidia)
    return address === undefined
      ? { kind: 'absent', vendor }
      : { kind: 'broken', vendor, ...withoutDriver(root, address) }
  }
  const folder = libraryFolder(root, version)
  const broken = brokenNodes(root, cards) ?? (folder === undefined ? brokenLibrary(root, version) : undefined)
  if (broken !== undefined || folder === undefined)
    return { kind: 'broken', vendor, ...(broken ?? brokenLibrary(root, version)) }
  const gpus = cards.flatMap(card => foundGpus(root, card))
  return {
    kind: 'found',
    vendor,
    driver: version,
    gpus,
    specs: [
      generatedSpec(
        'nvidia.com/gpu',
        devicesOf(root, cards),
        sharedEdits(root, nvidiaFiles(root, version, folder)),
      ),
    ],
    libraryFolders: [folder],
  }
}

const ON_WSL: BrokenChain = {
  link: 'platform',
  reason: 'this is the Windows Subsystem for Linux, whose driver this version does not support',
  remedy: 'Use a machine that runs Linux itself',
}

function withoutDriver(root: SystemRoot, address: string): BrokenChain {
  const reason = `there is a card at PCI address ${address} and its driver is not loaded`
  const hasModule = root
    .names('/lib/modules')
    .some(kernel => (root.read(`/lib/modules/${kernel}/modules.dep`) ?? '').includes('/nvidia.ko'))
  return { link: 'driver', reason, remedy: hasModule ? 'modprobe nvidia' : installation(root) }
}

/** By ID of os-release(5). */
const INSTALLATIONS: ReadonlyMap<string, string> = new Map([
  ['arch', 'pacman -S nvidia'],
  ['debian', 'apt-get install nvidia-driver'],
  ['fedora', 'dnf install akmod-nvidia'],
  ['ubuntu', 'ubuntu-drivers install'],
])

function installation(root: SystemRoot): string {
  const release = root.read('/etc/os-release') ?? ''
  const [, id = ''] = /^ID="?([a-z]+)"?$/m.exec(release) ?? []
  return INSTALLATIONS.get(id) ?? "Install NVIDIA's driver"
}

function brokenNodes(root: SystemRoot, cards: readonly NvidiaCard[]): BrokenChain | undefined {
  if (cards.length === 0)
    return { link: 'card', reason: 'the driver is loaded and finds no card', remedy: 'lspci -d 10de: -k' }
  const needed = [CONTROL, ...cards.map(({ minor }) => `/dev/nvidia${minor}`), MEMORY]
  const missing = needed.find(path => !root.isDevice(path))
  if (missing !== undefined)
    return { link: 'node', reason: `${missing} does not exist`, remedy: makingOf(missing) }
  return refusedNode(root, needed)
}

/** nvidia-modprobe(1) makes nodes. */
function makingOf(path: string): string {
  if (path === MEMORY) return 'nvidia-modprobe -u -c 0'
  return `nvidia-modprobe -c ${/\d+$/.exec(path)?.[0] ?? '0'}`
}

function brokenLibrary(root: SystemRoot, version: string): BrokenChain {
  const [other] = libraryVersions(root)
  if (other === undefined)
    return {
      link: 'library',
      reason: `the driver ${version} is loaded and its library libcuda.so.${version} is in none of the usual folders`,
      remedy: installation(root),
    }
  return {
    link: 'version',
    reason: `the driver that is loaded is ${version}, and the libraries are of ${other}`,
    remedy: 'reboot',
  }
}

function foundGpus(root: SystemRoot, card: NvidiaCard): readonly FoundGpu[] {
  const { index, model, uuid, pciAddress, instances } = card
  return [
    { name: String(index), model, uuid, pciAddress, nodes: nodesOf(root, card) },
    ...instances.map(({ name, capabilities }) => ({
      name,
      model: `${model}, part`,
      uuid: undefined,
      pciAddress,
      nodes: [...nodesOf(root, card), ...capabilities.map(capabilityNode)],
    })),
  ]
}

function devicesOf(root: SystemRoot, cards: readonly NvidiaCard[]): readonly CdiDeviceSpec[] {
  const whole = cards.map(card => ({
    name: String(card.index),
    containerEdits: { deviceNodes: nodesAt(root, nodesOf(root, card)) },
  }))
  const byUuid = cards.flatMap(({ uuid }, index) => {
    const device = whole[index]
    return uuid === undefined || device === undefined ? [] : [{ ...device, name: uuid }]
  })
  const parts = cards.flatMap(card =>
    card.instances.map(({ name, capabilities }) => ({
      name,
      containerEdits: {
        deviceNodes: nodesAt(root, [...nodesOf(root, card), ...capabilities.map(capabilityNode)]),
      },
    })),
  )
  return [...whole, ...byUuid, ...parts, allOf([...whole, ...parts])]
}

function nodesOf(root: SystemRoot, { minor, pciAddress }: NvidiaCard): readonly string[] {
  const drm = root
    .names(`/sys/bus/pci/devices/${pciAddress.toLowerCase()}/drm`)
    .filter(name => /^(?:card|renderD)\d+$/.test(name))
    .map(name => `/dev/dri/${name}`)
  return [`/dev/nvidia${minor}`, ...drm.filter(path => root.isDevice(path))]
}

function capabilityNode(minor: number): string {
  return `/dev/nvidia-caps/nvidia-cap${minor}`
}

const OPTIONS: readonly string[] = ['ro', 'nosuid', 'nodev', 'rbind', 'rprivate']

/**
 * A library is mounted under each name that programs ask for, not linked: links need a hook, and a link to the file of a
 * driver that was replaced stays behind in the container.
 */
function sharedEdits(root: SystemRoot, files: NvidiaFiles): CdiEdits {
  const { libraries, others, sockets } = files
  const mounts: readonly CdiMount[] = [
    ...libraries.flatMap(({ path, names }) =>
      [path, ...names].map(containerPath => ({ hostPath: root.at(path), containerPath, options: OPTIONS })),
    ),
    ...others.map(path => ({ hostPath: root.at(path), containerPath: path, options: OPTIONS })),
    ...sockets.map(path => ({
      hostPath: root.at(path),
      containerPath: path,
      options: [...OPTIONS, 'noexec'],
    })),
  ]
  return {
    env: ['NVIDIA_VISIBLE_DEVICES=void'],
    deviceNodes: nodesAt(
      root,
      SHARED.filter(path => root.isDevice(path)),
    ),
    mounts,
  }
}
