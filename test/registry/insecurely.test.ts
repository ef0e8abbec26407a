import { expect, test } from 'vitest'
import { insecurely } from '../../src/registry/insecurely.ts'

test('insecurely() marks hosts and leaves all else as it is set', () => {
  const settings = new Map([
    ['a', { mirrors: ['m'], insecure: false, ca: 'f' }],
    ['b', { mirrors: [], insecure: false, ca: undefined }],
  ])
  expect(insecurely(settings, ['a', 'c'])).toEqual(
    new Map([
      ['a', { mirrors: ['m'], insecure: true, ca: 'f' }],
      ['b', { mirrors: [], insecure: false, ca: undefined }],
      ['c', { mirrors: [], insecure: true, ca: undefined }],
    ]),
  )
})
