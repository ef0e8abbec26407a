import { mkdtempSync, readdirSync, readlinkSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { claimNumber, claimsOf, dropClaim } from '../../../../src/engine/local/quota/number-claims.ts'
import { parseContainerId, parseProjectName } from '../../../../src/model/names.ts'

const shop = parseProjectName('shop')
const blog = parseProjectName('blog')
const id = (digits: string) => parseContainerId(digits.padEnd(64, '0'))
const free = () => false

function roots() {
  const data = mkdtempSync(join(tmpdir(), 'tcompose-claims-'))
  onTestFinished(() => rmSync(data, { recursive: true }))
  return { data, run: data }
}

test('claimNumber() gives containers whose ids begin alike numbers of their own', () => {
  const place = roots()
  const owners = [
    { project: shop, id: id('0000000a1') },
    { project: blog, id: id('0000000a2') },
  ]
  const numbers = owners.map(owner => claimNumber(place, owner, free).number)
  expect(numbers).toEqual([2 ** 30 + 10, 2 ** 30 + 11])
  expect(readlinkSync(join(place.data, 'quotas', String(2 ** 30 + 11)))).toBe(`blog/${id('0000000a2')}`)
})

test('claimNumber() passes over numbers that somebody else uses, and stays within its range', () => {
  const place = roots()
  const owner = { project: shop, id: id('ffffffff') }
  expect(claimNumber(place, owner, number => number !== 2 ** 30).number).toBe(2 ** 30)
})

test('claimsOf() finds those of one container or of a project, and dropClaim() frees the number', () => {
  const place = roots()
  expect(claimsOf(place, { project: shop })).toEqual([])
  const [one, two] = [id('1'), id('2')]
  for (const owner of [one, two]) claimNumber(place, { project: shop, id: owner }, free)
  claimNumber(place, { project: parseProjectName('shop-2'), id: one }, free)
  expect(claimsOf(place, { project: shop })).toHaveLength(2)
  const [claim] = claimsOf(place, { project: shop, id: two })
  if (claim === undefined) throw new Error('The claim was not found')
  dropClaim(claim)
  expect(claimsOf(place, { project: shop, id: two })).toEqual([])
  expect(readdirSync(join(place.data, 'quotas'))).toHaveLength(2)
})
