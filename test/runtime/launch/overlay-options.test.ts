import { expect, test } from 'vitest'
import { overlayOptions } from '../../../src/runtime/launch/overlay-options.ts'

const writable = { upper: '/d/upper', work: '/d/work' }
const folders = { writable, layersDir: '/data/layers', image: 'oci:x' }
const layer = (number: number): string => `/data/layers/l/${number.toString(16).padStart(16, '0')}`
const layers = (count: number): readonly string[] => Array.from({ length: count }, (_, index) => layer(index))

test('overlayOptions() names the topmost layer first', () => {
  expect(overlayOptions({ ...folders, layers: ['/low', '/high'] })).toEqual({
    data: 'lowerdir=/high:/low,upperdir=/d/upper,workdir=/d/work,index=off',
    workingDir: undefined,
  })
})

test('overlayOptions() escapes what overlayfs splits at', () => {
  const { data } = overlayOptions({
    ...folders,
    writable: { ...writable, upper: '/u,p' },
    layers: ['/a:b', '/c\\d'],
  })
  expect(data).toBe('lowerdir=/c\\\\d:/a\\:b,upperdir=/u\\,p,workdir=/d/work,index=off')
})

test('overlayOptions() goes by relative paths when a page is too small, and keeps foreign layers', () => {
  const { data, workingDir } = overlayOptions({ ...folders, layers: ['/srv/base', ...layers(130)] })
  expect(workingDir).toBe('/data/layers')
  expect(data.startsWith('lowerdir=l/0000000000000081:')).toBe(true)
  expect(data).toContain(':/srv/base,upperdir=/d/upper')
  expect(data.length).toBeLessThan(4096)
})

test('overlayOptions() throws for more layers than a page holds', () => {
  expect(() => overlayOptions({ ...folders, layers: layers(300) })).toThrow(
    expect.objectContaining({
      code: 'image-invalid',
      message: 'Cannot mount image "oci:x": its 300 layers do not fit into one overlay mount',
    }),
  )
})

test('overlayOptions() throws for an image without layers', () => {
  expect(() => overlayOptions({ ...folders, layers: [] })).toThrow(/it has no layers$/)
})
