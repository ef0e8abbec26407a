import { expect, test } from 'vitest'
import { mountBytes, mountId, mountMode } from '../../src/model/mount-option.ts'

test.each([
  ['0', 0],
  ['4294967295', 4_294_967_295],
  ['4294967296', undefined],
  ['-1', undefined],
  ['', undefined],
])('mountId() of %j is %j', (text, id) => {
  expect(mountId(text)).toBe(id)
})

test.each([
  ['0755', 0o755],
  ['4755', 0o4755],
  ['8', undefined],
  ['777777777777', undefined],
])('mountMode() of %j is %j', (text, mode) => {
  expect(mountMode(text)).toBe(mode)
})

test.each([
  ['512', 512],
  ['64m', 67_108_864],
  ['1.5 GiB', 1_610_612_736],
  ['1kb', 1024],
  ['99999999p', undefined],
  ['m', undefined],
  ['1x', undefined],
])('mountBytes() of %j is %j', (text, bytes) => {
  expect(mountBytes(text)).toBe(bytes)
})
