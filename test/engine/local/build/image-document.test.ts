import { expect, test } from 'vitest'
import { parseDigest } from '../../../../src/base/digest.ts'
import { imageDocument } from '../../../../src/engine/local/build/image-document.ts'
import type { BuildGraph } from '../../../../src/planner/build/build-graph.ts'

const [A, B] = ['a', 'b'].map(digit => parseDigest(`sha256:${digit.repeat(64)}`)) as [never, never]

const GRAPH: BuildGraph = {
  steps: [],
  result: { kind: 'scratch' },
  document: { architecture: 'amd64', os: 'linux', config: { Env: ['A=b'] } },
  history: [
    { createdBy: 'LABEL a=b', step: undefined },
    { createdBy: 'RUN true', step: 4 },
    { createdBy: 'ENV A=b', step: undefined },
  ],
  baseImage: 'base',
}

const BASE = {
  created: '2020-01-01T00:00:00Z',
  rootfs: { type: 'layers', diff_ids: [A] },
  history: [{ created_by: 'base' }],
}

const LAYERS = new Map([[4, { diffId: B, createdAt: Date.parse('2021-02-03T04:05:06.789Z') }]])

test('imageDocument() puts layers and history on those of the image that the build starts from', () => {
  const document = imageDocument({ graph: GRAPH, base: BASE, layers: LAYERS, epochSeconds: undefined })
  expect(document).toMatchObject({
    architecture: 'amd64',
    config: { Env: ['A=b'] },
    rootfs: { type: 'layers', diff_ids: [A, B] },
  })
  expect(document['history']).toEqual([
    { created_by: 'base' },
    entry('LABEL a=b', '2020-01-01T00:00:00Z', { empty_layer: true }),
    entry('RUN true', '2021-02-03T04:05:06.789Z'),
    entry('ENV A=b', '2021-02-03T04:05:06.789Z', { empty_layer: true }),
  ])
  expect(document['created']).toBe('2021-02-03T04:05:06.789Z')
})

test('imageDocument() gives all that the build adds the time of SOURCE_DATE_EPOCH', () => {
  const document = imageDocument({ graph: GRAPH, base: BASE, layers: LAYERS, epochSeconds: 1_234_567_890 })
  expect(document['created']).toBe('2009-02-13T23:31:30Z')
  expect(document['history']).toMatchObject([
    { created_by: 'base' },
    ...Array(3).fill({ created: '2009-02-13T23:31:30Z' }),
  ])
})

test('imageDocument() has no time where neither a base nor a layer has one', () => {
  const graph = { ...GRAPH, history: [{ createdBy: 'LABEL a=b', step: undefined }], baseImage: undefined }
  const document = imageDocument({ graph, base: undefined, layers: new Map(), epochSeconds: undefined })
  expect(document).not.toHaveProperty('created')
  expect(document['rootfs']).toEqual({ type: 'layers', diff_ids: [] })
})

function entry(createdBy: string, created: string, more: object = {}): object {
  return { created, created_by: createdBy, comment: 'buildkit.dockerfile.v0', ...more }
}
