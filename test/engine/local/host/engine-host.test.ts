import { expect, test } from 'vitest'
import { parseBoundingSet } from '../../../../src/engine/local/host/engine-host.ts'

test('parseBoundingSet() reads the mask of CapBnd', () => {
  expect(parseBoundingSet('CapEff:\t00000000a80425fb\nCapBnd:\t000001fffeffffff\nCapAmb:\t0\n')).toBe(
    0x1fffeffffffn,
  )
})

test('parseBoundingSet() takes a status without the line for no capability', () => {
  expect(parseBoundingSet('Name:\tx\n')).toBe(0n)
})
