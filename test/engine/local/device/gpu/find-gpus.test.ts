import { mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { describeGpus } from '../../../../../src/engine/local/device/describe-gpus.ts'
import { findAllGpus, findGpus } from '../../../../../src/engine/local/device/gpu/find-gpus.ts'
import { parseCdiSpec } from '../../../../../src/oci/cdi/parse-cdi-spec.ts'
import {
  FAKE_DRIVER,
  FAKE_LIBRARIES,
  makeNodes,
  makeNvidiaRoot,
  writeFiles,
} from '../../../../support/fake-gpu-root.ts'
import { temporaryFolder } from '../../../../support/temporary-folder.ts'

const testAsRoot = test.skipIf(process.getuid?.() !== 0)

testAsRoot('findGpus() finds cards of NVIDIA, and all that programs need of the driver (needs root)', () => {
  using folder = temporaryFolder()
  makeNvidiaRoot(folder.path)
  const finding = findGpus(folder.path, 'nvidia')
  if (finding.kind !== 'found') throw new Error(JSON.stringify(finding))
  expect(finding.driver).toBe(FAKE_DRIVER)
  expect(finding.gpus[0]).toEqual({
    name: '0',
    model: 'NVIDIA A100-SXM4-40GB',
    uuid: 'GPU-00000000-1111-2222-3333-444444444444',
    pciAddress: '0000:07:00.0',
    nodes: ['/dev/nvidia0'],
  })
  const [spec] = finding.specs
  expect(spec?.kind).toBe('nvidia.com/gpu')
  expect(spec?.cdiVersion).toBe('0.5.0')
  expect(spec?.devices.map(({ name }) => name)).toEqual([
    '0',
    '1',
    'GPU-00000000-1111-2222-3333-444444444444',
    'GPU-00000001-1111-2222-3333-444444444444',
    'all',
  ])
  const edits = spec?.containerEdits
  expect(edits?.env).toEqual(['NVIDIA_VISIBLE_DEVICES=void'])
  expect(edits?.deviceNodes?.map(({ path }) => path)).toEqual([
    '/dev/nvidiactl',
    '/dev/nvidia-uvm',
    '/dev/nvidia-uvm-tools',
  ])
  expect(edits?.mounts?.map(({ containerPath }) => containerPath)).toEqual([
    `${FAKE_LIBRARIES}/libcuda.so.${FAKE_DRIVER}`,
    `${FAKE_LIBRARIES}/libcuda.so.1`,
    `${FAKE_LIBRARIES}/libcuda.so`,
    `${FAKE_LIBRARIES}/libnvidia-ml.so.${FAKE_DRIVER}`,
    `${FAKE_LIBRARIES}/libnvidia-ml.so.1`,
    '/usr/bin/nvidia-smi',
    `/lib/firmware/nvidia/${FAKE_DRIVER}/gsp_ga10x.bin`,
    '/run/nvidia-persistenced/socket',
  ])
  expect(finding.libraryFolders).toEqual([FAKE_LIBRARIES])
})

testAsRoot('findGpus() finds the parts of a card in Multi-Instance mode (needs root)', () => {
  using folder = temporaryFolder()
  makeNvidiaRoot(folder.path, 1)
  writeFiles(folder.path, {
    'proc/driver/nvidia/capabilities/gpu0/mig/gi1/access': 'DeviceFileMinor: 12\nDeviceFileMode: 292\n',
    'proc/driver/nvidia/capabilities/gpu0/mig/gi1/ci0/access': 'DeviceFileMinor: 13\nDeviceFileMode: 292\n',
  })
  const finding = findGpus(folder.path, 'nvidia')
  if (finding.kind !== 'found') throw new Error(JSON.stringify(finding))
  expect(finding.gpus[1]).toMatchObject({
    name: '0:0',
    nodes: ['/dev/nvidia0', '/dev/nvidia-caps/nvidia-cap12', '/dev/nvidia-caps/nvidia-cap13'],
  })
  expect(finding.specs[0]?.devices.map(({ name }) => name)).toContain('0:0')
})

testAsRoot('findGpus() adds the nodes for graphics of the same card (needs root)', () => {
  using folder = temporaryFolder()
  makeNvidiaRoot(folder.path, 1)
  mkdirSync(join(folder.path, 'sys/bus/pci/devices/0000:07:00.0/drm/card3'), { recursive: true })
  mkdirSync(join(folder.path, 'sys/bus/pci/devices/0000:07:00.0/drm/renderD130'), { recursive: true })
  makeNodes(folder.path, 'dev/dri/card3', 'dev/dri/renderD130')
  expect(findGpus(folder.path, 'nvidia')).toMatchObject({
    gpus: [{ nodes: ['/dev/nvidia0', '/dev/dri/card3', '/dev/dri/renderD130'] }],
  })
})

const card = {
  'sys/bus/pci/devices/0000:07:00.0/vendor': '0x10de\n',
  'sys/bus/pci/devices/0000:07:00.0/class': '0x030200\n',
}
const broken = [
  {
    title: 'a card without a driver',
    change: (root: string) => {
      rmSync(join(root, 'proc/driver/nvidia/version'))
      writeFiles(root, { ...card, 'etc/os-release': 'NAME="Debian"\nID=debian\n' })
    },
    finding: { link: 'driver', remedy: 'apt-get install nvidia-driver' },
  },
  {
    title: 'a driver that is not loaded',
    change: (root: string) => {
      rmSync(join(root, 'proc/driver/nvidia/version'))
      writeFiles(root, { ...card, 'lib/modules/6.1/modules.dep': 'updates/dkms/nvidia.ko: kernel/x.ko\n' })
    },
    finding: { link: 'driver', remedy: 'modprobe nvidia' },
  },
  {
    title: 'a driver without a card',
    change: (root: string) => rmSync(join(root, 'proc/driver/nvidia/gpus'), { recursive: true }),
    finding: { link: 'card', remedy: 'lspci -d 10de: -k' },
  },
  {
    title: 'a node that was not made',
    change: (root: string) => rmSync(join(root, 'dev/nvidia1')),
    finding: { link: 'node', reason: '/dev/nvidia1 does not exist', remedy: 'nvidia-modprobe -c 1' },
  },
  {
    title: 'unified memory without its node',
    change: (root: string) => rmSync(join(root, 'dev/nvidia-uvm')),
    finding: { link: 'node', remedy: 'nvidia-modprobe -u -c 0' },
  },
  {
    title: 'no library',
    change: (root: string) => rmSync(join(root, FAKE_LIBRARIES), { recursive: true }),
    finding: { link: 'library', remedy: "Install NVIDIA's driver" },
  },
  {
    title: 'libraries of another version',
    change: (root: string) =>
      renameSync(
        join(root, FAKE_LIBRARIES, `libcuda.so.${FAKE_DRIVER}`),
        join(root, FAKE_LIBRARIES, 'libcuda.so.550.54.14'),
      ),
    finding: {
      link: 'version',
      reason: `the driver that is loaded is ${FAKE_DRIVER}, and the libraries are of 550.54.14`,
      remedy: 'reboot',
    },
  },
  {
    title: 'Windows',
    change: (root: string) => writeFileSync(join(root, 'dev/dxg'), ''),
    finding: { link: 'platform' },
  },
]
for (const { title, change, finding } of broken) {
  testAsRoot(`findGpus() names the missing link: ${title} (needs root)`, () => {
    using folder = temporaryFolder()
    makeNvidiaRoot(folder.path)
    change(folder.path)
    expect(findGpus(folder.path, 'nvidia')).toMatchObject({ kind: 'broken', ...finding })
  })
}

test('findAllGpus() finds nothing in an empty root', () => {
  using folder = temporaryFolder()
  expect(findAllGpus(folder.path).map(({ kind }) => kind)).toEqual(['absent', 'absent', 'absent'])
  expect(() => describeGpus(folder.path, { vendor: undefined, format: 'yaml' })).toThrow(
    'Cannot describe GPUs: this machine has none',
  )
})

function drmCard(root: string, render: string, vendor: string): void {
  const device = `sys/class/drm/${render}/device`
  writeFiles(root, {
    [`${device}/vendor`]: `${vendor}\n`,
    [`${device}/uevent`]: 'DRIVER=some\nPCI_SLOT_NAME=0000:03:00.0\n',
  })
  mkdirSync(join(root, device, 'drm/card0'), { recursive: true })
  makeNodes(root, `dev/dri/${render}`, 'dev/dri/card0')
}

testAsRoot('findGpus() finds cards of AMD, with the group that may use them (needs root)', () => {
  using folder = temporaryFolder()
  drmCard(folder.path, 'renderD128', '0x1002')
  expect(findGpus(folder.path, 'amd')).toMatchObject({ kind: 'broken', link: 'node' })
  makeNodes(folder.path, 'dev/kfd')
  const finding = findGpus(folder.path, 'amd')
  if (finding.kind !== 'found') throw new Error(JSON.stringify(finding))
  expect(finding.gpus).toMatchObject([{ nodes: ['/dev/kfd', '/dev/dri/renderD128', '/dev/dri/card0'] }])
  expect(finding.specs.map(({ kind }) => kind)).toEqual(['amd.com/gpu'])
  expect(findGpus(folder.path, 'intel').kind).toBe('absent')
})

testAsRoot('findGpus() finds cards and accelerators of Intel (needs root)', () => {
  using folder = temporaryFolder()
  drmCard(folder.path, 'renderD128', '0x8086')
  writeFiles(folder.path, { 'sys/class/accel/accel0/device/vendor': '0x8086\n' })
  makeNodes(folder.path, 'dev/accel/accel0')
  const finding = findGpus(folder.path, 'intel')
  if (finding.kind !== 'found') throw new Error(JSON.stringify(finding))
  expect(finding.specs.map(({ kind }) => kind)).toEqual(['intel.com/gpu', 'intel.com/npu'])
  expect(finding.gpus.map(({ nodes }) => nodes)).toEqual([
    ['/dev/dri/renderD128', '/dev/dri/card0'],
    ['/dev/accel/accel0'],
  ])
})

for (const format of ['yaml', 'json'] as const) {
  testAsRoot(`describeGpus() writes ${format} that says what was found (needs root)`, () => {
    using folder = temporaryFolder()
    makeNvidiaRoot(folder.path)
    const [described] = describeGpus(folder.path, { vendor: 'nvidia', format })
    const finding = findGpus(folder.path, 'nvidia')
    expect(finding.kind === 'found' && finding.specs[0]).toEqual(parseCdiSpec(described?.text ?? '', format))
  })
}
