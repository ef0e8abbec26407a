import { expect, test } from 'vitest'
import { overlaySteps } from '../../../src/runtime/launch/overlay-steps.ts'

const input = { writable: { upper: '/data/u', work: '/data/w' }, layersDir: '/data/layers', image: 'oci:x' }
const layers = (count: number): readonly string[] =>
  Array.from({ length: count }, (_, index) => `/data/layers/sha256/${String(index).padStart(64, '0')}`)
const details = { purpose: 'mount image "oci:x"' }

test('overlaySteps() mounts with one call while a page holds the options', () => {
  const [mount, ...more] = overlaySteps({ ...input, layers: layers(2) }, '/root', details)
  expect(mount).toMatchObject({ op: { op: 'mount', target: '/root', type: 'overlay' }, ...details })
  expect(more).toEqual([])
})

test('overlaySteps() gives layers one by one where they are too many', () => {
  const [chdir, mount] = overlaySteps({ ...input, layers: layers(142) }, '/root', details)
  expect(chdir?.op).toEqual({ op: 'chdir', path: '/data/layers' })
  expect(mount?.op).toMatchObject({
    op: 'mount-overlay',
    target: '/root',
    names: ['upperdir', 'workdir', 'index'],
    values: ['../u', '../w', 'off'],
  })
  const named = mount?.op.op === 'mount-overlay' ? mount.op.layers : []
  expect([named.length, named[0]]).toEqual([142, `sha256/${'141'.padStart(64, '0')}`])
})
