import { expect, test } from 'vitest'
import { type OverlayInput, overlayOptions } from '../../../src/runtime/launch/overlay-options.ts'

const writable = { upper: '/d/upper', work: '/d/work' }
const folders = { writable, layersDir: '/data/layers', image: 'oci:x' }
const layer = (number: number): string => `/data/layers/l/${number.toString(16).padStart(16, '0')}`
const layers = (count: number): readonly string[] => Array.from({ length: count }, (_, index) => layer(index))

function pageOf(input: OverlayInput): string {
  const options = overlayOptions(input)
  return options.kind === 'page' ? options.data : 'no page'
}

test('overlayOptions() names the topmost layer first', () => {
  expect(overlayOptions({ ...folders, layers: ['/low', '/high'] })).toEqual({
    kind: 'page',
    data: 'lowerdir=/high:/low,upperdir=/d/upper,workdir=/d/work,index=off',
    workingDir: undefined,
  })
})

test('overlayOptions() escapes what overlayfs splits at', () => {
  const data = pageOf({ ...folders, writable: { ...writable, upper: '/u,p' }, layers: ['/a:b', '/c\\d'] })
  expect(data).toBe('lowerdir=/c\\\\d:/a\\:b,upperdir=/u\\,p,workdir=/d/work,index=off')
})

test('overlayOptions() goes by relative paths when a page is too small, and keeps foreign layers', () => {
  const input = { ...folders, layers: ['/srv/base', ...layers(130)] }
  const data = pageOf(input)
  expect(overlayOptions(input).workingDir).toBe('/data/layers')
  expect(data.startsWith('lowerdir=l/0000000000000081:')).toBe(true)
  expect(data).toContain(':/srv/base,upperdir=/d/upper')
  expect(data.length).toBeLessThan(4096)
})

test('overlayOptions() gives options one by one where no page holds them', () => {
  const options = overlayOptions({
    ...folders,
    writable: { upper: '/data/a/upper', work: '/data/a/work', options: ['index=off', 'volatile'] },
    layers: ['/srv/base', ...layers(300)],
  })
  expect(options).toMatchObject({
    kind: 'parts',
    settings: [
      ['upperdir', '../a/upper'],
      ['workdir', '../a/work'],
      ['index', 'off'],
      ['volatile', ''],
    ],
    workingDir: '/data/layers',
  })
  expect(options.kind === 'parts' && [options.layers.at(0), options.layers.at(-1)]).toEqual([
    'l/000000000000012b',
    '../../srv/base',
  ])
})

test('overlayOptions() throws for more layers than a mount takes', () => {
  expect(() => overlayOptions({ ...folders, layers: layers(501) })).toThrow(
    expect.objectContaining({
      code: 'image-invalid',
      message: 'Cannot mount image "oci:x": it has 501 layers, expected 500 at most',
    }),
  )
})

test('overlayOptions() throws for an image without layers', () => {
  expect(() => overlayOptions({ ...folders, layers: [] })).toThrow(/it has no layers$/)
})
