import { mkdtempSync, readlinkSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { claimNumber } from '../../../../src/engine/local/quota/number-claims.ts'
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
  const numbers = owners.map(owner => claimNumber(place, owner, free).name)
  expect(numbers).toEqual([String(2 ** 30 + 10), String(2 ** 30 + 11)])
  expect(readlinkSync(join(place.data, 'quotas', String(2 ** 30 + 11)))).toBe(`blog/${id('0000000a2')}`)
})

test('claimNumber() passes over numbers that somebody else uses, and stays within its range', () => {
  const place = roots()
  const owner = { project: shop, id: id('ffffffff') }
  expect(claimNumber(place, owner, number => number !== 2 ** 30).name).toBe(String(2 ** 30))
})
