import { expect, test } from 'vitest'
import { parseCdiName } from '../../src/model/cdi-name.ts'

for (const { text, name } of [
  { text: 'nvidia.com/gpu=0', name: { vendor: 'nvidia.com', class: 'gpu', device: '0' } },
  { text: 'nvidia.com/gpu=0:1', name: { vendor: 'nvidia.com', class: 'gpu', device: '0:1' } },
  { text: 'v/c=d', name: { vendor: 'v', class: 'c', device: 'd' } },
  {
    text: 'vendor.com/a.b-c_d=GPU-1_2.3',
    name: { vendor: 'vendor.com', class: 'a.b-c_d', device: 'GPU-1_2.3' },
  },
]) {
  test(`parseCdiName() takes "${text}" apart`, () => {
    expect(parseCdiName(text)).toEqual(name)
  })
}

for (const text of [
  '/dev/null',
  'a/b',
  'a=b',
  '/b=c',
  'a/=c',
  'a/b=',
  'a/b/c=d',
  '1a/b=c',
  'a/b=c-',
  'a-/b=c',
  '/dev/x=y',
]) {
  test(`parseCdiName() finds no name in "${text}"`, () => {
    expect(parseCdiName(text)).toBeUndefined()
  })
}
