import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { listGpus } from '../../../../src/engine/local/device/list-gpus.ts'
import { makeNvidiaRoot } from '../../../support/fake-gpu-root.ts'
import { temporaryFolder } from '../../../support/temporary-folder.ts'

test.skipIf(process.getuid?.() !== 0)(
  'listGpus() lists what was found and what is described (needs root)',
  () => {
    using folder = temporaryFolder()
    makeNvidiaRoot(folder.path, 1)
    const cdi = join(folder.path, 'cdi')
    mkdirSync(cdi)
    const spec = {
      cdiVersion: '0.3.0',
      kind: 'v.com/c',
      devices: [{ name: 'd', containerEdits: { env: ['A=1'] } }],
    }
    writeFileSync(join(cdi, 'v.json'), JSON.stringify(spec))
    writeFileSync(join(cdi, 'broken.json'), '{}')
    const { vendors, described, problems } = listGpus({ cdiFolders: [cdi], gpuRoot: folder.path })
    expect(vendors).toEqual([
      {
        vendor: 'nvidia',
        state: 'found',
        driver: '535.104.05',
        gpus: [expect.objectContaining({ name: 'nvidia.com/gpu=0', pciAddress: '0000:07:00.0' })],
      },
      { vendor: 'amd', state: 'absent', gpus: [] },
      { vendor: 'intel', state: 'absent', gpus: [] },
    ])
    expect(described).toEqual([{ name: 'v.com/c=d', source: join(cdi, 'v.json') }])
    expect(problems.map(({ code }) => code)).toEqual(['cdi-spec'])
  },
)
