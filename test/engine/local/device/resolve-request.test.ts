import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { servicePath } from '../../../../src/base/model-path.ts'
import { forecastDevices } from '../../../../src/engine/local/device/forecast-devices.ts'
import { resolveDevices, resolveRequests } from '../../../../src/engine/local/device/resolve-devices.ts'
import type { DeviceRequest } from '../../../../src/model/device-request.ts'
import { FAKE_LIBRARIES, makeNvidiaRoot } from '../../../support/fake-gpu-root.ts'
import { type TemporaryFolder, temporaryFolder } from '../../../support/temporary-folder.ts'

const testAsRoot = test.skipIf(process.getuid?.() !== 0)

function aRequest(changes: Partial<DeviceRequest> = {}): DeviceRequest {
  return {
    ...{ driver: undefined, capabilities: ['gpu'], count: 'all', ids: [], required: true },
    origin: servicePath('web', 'gpus', 0),
    ...changes,
  }
}

interface Machine extends TemporaryFolder {
  readonly sources: { readonly cdiFolders: readonly string[]; readonly gpuRoot: string }
}

function aMachine(cards = 2): Machine {
  const folder = temporaryFolder()
  if (cards > 0) makeNvidiaRoot(join(folder.path, 'root'), cards)
  const cdi = join(folder.path, 'cdi')
  mkdirSync(cdi)
  const sources = { cdiFolders: [cdi], gpuRoot: join(folder.path, 'root') }
  return { ...folder, path: folder.path, sources, [Symbol.dispose]: () => folder[Symbol.dispose]() }
}

function namesOf(request: DeviceRequest, { sources }: Machine): readonly string[] {
  const outcomes = resolveRequests({ name: 'web', deviceRequests: [request] }, sources)
  return outcomes.flatMap(outcome => (outcome.kind === 'resolved' ? outcome.resolved.names : []))
}

const UUID = 'GPU-00000001-1111-2222-3333-444444444444'
for (const { title, request, names } of [
  { title: 'all', request: aRequest(), names: ['nvidia.com/gpu=all'] },
  { title: 'a count', request: aRequest({ count: 1, driver: 'nvidia' }), names: ['nvidia.com/gpu=0'] },
  { title: 'an index', request: aRequest({ ids: ['1'] }), names: ['nvidia.com/gpu=1'] },
  { title: 'an id of the vendor', request: aRequest({ ids: [UUID] }), names: [`nvidia.com/gpu=${UUID}`] },
  {
    title: 'a capability of the vendor',
    request: aRequest({ capabilities: ['nvidia', 'compute'], count: 2 }),
    names: ['nvidia.com/gpu=0', 'nvidia.com/gpu=1'],
  },
]) {
  testAsRoot(`resolveRequests() finds ${title} (needs root)`, () => {
    using machine = aMachine()
    expect(namesOf(request, machine)).toEqual(names)
  })
}

testAsRoot(
  'resolveDevices() gives the driver once for two requests, and tells ld.so of it (needs root)',
  () => {
    using machine = aMachine()
    const deviceRequests = [aRequest({ ids: ['0'] }), aRequest({ ids: ['1'] })]
    const devices = resolveDevices({ name: 'web', deviceRequests }, machine.sources)
    expect(devices.nodes.map(({ path }) => path)).toEqual([
      ...['/dev/nvidiactl', '/dev/nvidia-uvm', '/dev/nvidia-uvm-tools', '/dev/nvidia0', '/dev/nvidia1'],
    ])
    expect(devices.environment).toEqual(['NVIDIA_VISIBLE_DEVICES=void'])
    expect(devices.libraryFolders).toEqual([FAKE_LIBRARIES])
    expect(devices.mounts).toHaveLength(8)
  },
)

const described = {
  ...{ cdiVersion: '0.5.0', kind: 'nvidia.com/gpu' },
  devices: ['0', '1', '10', 'GPU-x'].map(name => ({ name, containerEdits: { env: [`GPU=${name}`] } })),
}

testAsRoot('resolveRequests() takes what a file describes before what it finds (needs root)', () => {
  using machine = aMachine()
  writeFileSync(join(machine.path, 'cdi/nvidia.json'), JSON.stringify(described))
  expect(namesOf(aRequest(), machine)).toEqual(['nvidia.com/gpu=0', 'nvidia.com/gpu=1', 'nvidia.com/gpu=10'])
  expect(namesOf(aRequest({ count: 2 }), machine)).toEqual(['nvidia.com/gpu=0', 'nvidia.com/gpu=1'])
  expect(namesOf(aRequest({ ids: ['GPU-x'] }), machine)).toEqual(['nvidia.com/gpu=GPU-x'])
})

test('resolveRequests() takes names of any vendor for the driver cdi', () => {
  using machine = aMachine(0)
  const spec = { ...described, kind: 'v.com/c' }
  writeFileSync(join(machine.path, 'cdi/v.json'), JSON.stringify(spec))
  const ids = ['v.com/c=0', 'v.com/c=10']
  expect(namesOf(aRequest({ driver: 'cdi', ids }), machine)).toEqual(ids)
})

const problems = [
  {
    title: 'more than there are',
    request: aRequest({ count: 3 }),
    says: 'Cannot use 3 GPUs of NVIDIA: this machine has 2',
  },
  { title: 'an id that is none', request: aRequest({ ids: ['7'] }), says: 'Cannot use device "7"' },
  {
    title: 'another vendor',
    request: aRequest({ driver: 'amd' }),
    says: 'Cannot find a GPU: this machine has none of AMD',
  },
  {
    title: 'another kind',
    request: aRequest({ capabilities: ['npu'] }),
    says: 'Cannot find an NPU: this machine has none of NVIDIA, AMD, Intel',
  },
]
for (const { title, request, says } of problems) {
  testAsRoot(`resolveRequests() refuses ${title} (needs root)`, () => {
    using machine = aMachine()
    expect(() => namesOf(request, machine)).toThrow(says)
    const { requests, problems } = forecastDevices(
      { name: 'web', deviceRequests: [request] },
      machine.sources,
    )
    expect(requests).toEqual([])
    expect(problems).toMatchObject([{ origin: 'services.web.gpus.0' }])
  })
}

testAsRoot('resolveRequests() names the link that is missing, and what mends it (needs root)', () => {
  using machine = aMachine()
  rmSync(join(machine.sources.gpuRoot, 'dev/nvidia-uvm'))
  expect(() => namesOf(aRequest(), machine)).toThrow(
    expect.objectContaining({
      code: 'gpu-not-found',
      message: 'Cannot use GPUs of NVIDIA: /dev/nvidia-uvm does not exist',
      hint: 'nvidia-modprobe -u -c 0',
      notes: expect.arrayContaining(['Missing link: node']),
      origin: 'services.web.gpus.0',
    }),
  )
})

test('resolveDevices() does without what is not required, and says so', () => {
  using machine = aMachine(0)
  const service = { name: 'web', deviceRequests: [aRequest({ required: false })] }
  const { notices, nodes } = resolveDevices(service, machine.sources)
  expect(nodes).toEqual([])
  expect(notices).toEqual([
    expect.stringContaining(
      'Service "web" runs without a device that it does not require: Cannot find a GPU',
    ),
  ])
  expect(forecastDevices(service, machine.sources)).toEqual({
    service: 'web',
    requests: [],
    problems: [],
    notices,
  })
})
