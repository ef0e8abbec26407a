import { expect, test } from 'vitest'
import {
  bridgeName,
  ownerAlias,
  ownerComment,
  parseOwner,
  randomGroup,
  randomVethName,
  tableOf,
  tablePrefix,
} from '../../../../src/engine/local/network/kernel-name.ts'

const owner = { tag: 'abc123', project: 'my-shop_2' }

test('bridgeName() is the same for the same network, another for another, and fits', () => {
  expect(bridgeName(owner, 'front')).toBe(bridgeName(owner, 'front'))
  expect(bridgeName(owner, 'front')).toMatch(/^tcb[0-9a-f]{10}$/)
  const others = [bridgeName(owner, 'back'), bridgeName({ ...owner, tag: 'abc124' }, 'front')]
  expect(others).not.toContain(bridgeName(owner, 'front'))
})

test('randomVethName() differs each time', () => {
  expect(randomVethName()).toMatch(/^tcv[0-9a-f]{10}$/)
  expect(randomVethName()).not.toBe(randomVethName())
})

test('randomGroup() is never the group that every interface is in', () => {
  expect(randomGroup()).toBeGreaterThan(0)
})

test('parseOwner() reads what ownerAlias() and ownerComment() write, and nothing else', () => {
  expect(ownerAlias(owner, 'front')).toBe('tcompose:abc123:my-shop_2:front')
  expect(parseOwner(ownerAlias(owner, 'front'))).toEqual({ ...owner, object: 'front' })
  expect(parseOwner(ownerComment(owner))).toEqual({ ...owner, object: '' })
  expect([undefined, '', 'uplink', 'docker:abc123:x'].map(parseOwner)).toEqual(Array(4).fill(undefined))
})

test('tableOf() starts with tablePrefix()', () => {
  expect(tableOf(owner)).toEqual({ family: 'inet', name: `${tablePrefix('abc123')}my-shop_2` })
})
