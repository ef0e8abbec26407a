import { expect, test } from 'vitest'
import type { GpuListing } from '../../../src/app/index.ts'
import { runCli } from '../../../src/cli/run-cli.ts'
import { recordedPorts } from '../../support/cli-ports.ts'

const LISTING: GpuListing = {
  vendors: [
    {
      vendor: 'nvidia',
      state: 'found',
      driver: '535.1',
      gpus: [
        {
          name: 'nvidia.com/gpu=0',
          model: 'A100',
          uuid: 'GPU-1',
          pciAddress: '0000:07:00.0',
          nodes: ['/dev/nvidia0'],
        },
      ],
    },
    {
      vendor: 'amd',
      state: 'broken',
      gpus: [],
      link: 'node',
      reason: '/dev/kfd does not exist',
      remedy: 'modprobe amdgpu',
    },
    { vendor: 'intel', state: 'absent', gpus: [] },
  ],
  described: [{ name: 'v.com/c=d', source: '/etc/cdi/v.json' }],
  problems: [],
}

async function gpu(args: readonly string[], kinds: readonly string[] = [], listing = LISTING) {
  const asked: unknown[] = []
  const ports = recordedPorts(['gpu', ...args], {
    listGpus: async () => listing,
    describeGpus: async options => {
      asked.push(options)
      return kinds.map(kind => ({ kind, text: `kind: ${kind}\n` }))
    },
  })
  return { exitCode: await runCli(ports), stdout: ports.stdout.text, stderr: ports.stderr.text, asked }
}

test('gpu ls writes what there is, what is described, and what mends what is broken', async () => {
  const { exitCode, stdout } = await gpu(['ls'])
  expect(exitCode).toBe(0)
  expect(stdout).toBe(
    [
      'NAME               MODEL   DRIVER   PCI            UUID    NODES',
      'nvidia.com/gpu=0   A100    535.1    0000:07:00.0   GPU-1   /dev/nvidia0',
      'amd: /dev/kfd does not exist (missing link: node)',
      '  Do: modprobe amdgpu',
      '',
      'DESCRIBED   FILE',
      'v.com/c=d   /etc/cdi/v.json',
      '',
    ].join('\n'),
  )
})

test('gpu ls says where it has looked on a machine without a GPU, and nothing more where one is broken', async () => {
  const [, broken, absent] = LISTING.vendors
  const listing = (...vendors: readonly (typeof broken)[]) => ({
    vendors: vendors.filter(vendor => vendor !== undefined),
    described: [],
    problems: [],
  })
  const { stdout } = await gpu(['ls'], [], listing(absent))
  expect(stdout).toMatch(/^No GPU was found that containers can use: .*\/dev\/dri.*\n$/)
  const { stdout: told } = await gpu(['ls'], [], listing(broken))
  expect(told).toMatch(/^No GPU was found that containers can use\namd: /)
})

test('gpu ls --format json writes all of it', async () => {
  expect(JSON.parse((await gpu(['ls', '--format', 'json'])).stdout)).toEqual(
    JSON.parse(JSON.stringify(LISTING)),
  )
})

test('gpu cdi writes the one specification there is, or that is named', async () => {
  expect(await gpu(['cdi'], ['nvidia.com/gpu'])).toMatchObject({
    exitCode: 0,
    stdout: 'kind: nvidia.com/gpu\n',
    asked: [{ vendor: undefined, format: 'yaml' }],
  })
  const both = ['intel.com/gpu', 'intel.com/npu']
  expect((await gpu(['cdi', '--vendor', 'intel', '--class', 'npu'], both)).stdout).toBe(
    'kind: intel.com/npu\n',
  )
})

test('gpu cdi writes nothing where it is not clear what', async () => {
  const { exitCode, stdout, stderr } = await gpu(['cdi'], ['nvidia.com/gpu', 'intel.com/gpu'])
  expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: '' })
  expect(stderr).toContain('there are specifications of nvidia.com/gpu, intel.com/gpu')
})
