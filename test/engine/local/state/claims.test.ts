import { mkdtempSync, readdirSync, readlinkSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { claim, claimsOf, dropClaim } from '../../../../src/engine/local/state/claims.ts'
import { parseContainerId, parseProjectName } from '../../../../src/model/names.ts'

const shop = parseProjectName('shop')
const blog = parseProjectName('blog')
const id = (digits: string) => parseContainerId(digits.padEnd(64, '0'))

function emptyRoots() {
  const data = mkdtempSync(join(tmpdir(), 'tcompose-claims-'))
  onTestFinished(() => rmSync(data, { recursive: true }))
  return { data, run: data }
}

test('claim() gives containers of several projects names of their own, until there is none', () => {
  const roots = emptyRoots()
  const owners = [
    { project: shop, id: id('a') },
    { project: blog, id: id('b') },
    { project: blog, id: id('c') },
  ]
  const names = owners.map(owner => claim(roots, { pool: 'quotas', owner }, ['7', '8'])?.name)
  expect(names).toEqual(['7', '8', undefined])
  expect(readlinkSync(join(roots.data, 'quotas/8'))).toBe(`blog/${id('b')}`)
})

test('claimsOf() finds those of one container or of a project, and dropClaim() frees the name', () => {
  const roots = emptyRoots()
  expect(claimsOf(roots, 'owners', { project: shop })).toEqual([])
  const [one, two] = [id('1'), id('2')]
  const names = ['a', 'b', 'c']
  for (const own of [one, two]) claim(roots, { pool: 'owners', owner: { project: shop, id: own } }, names)
  claim(roots, { pool: 'owners', owner: { project: parseProjectName('shop-2'), id: one } }, names)
  expect(claimsOf(roots, 'owners', { project: shop })).toHaveLength(2)
  expect(claimsOf(roots, 'quotas', { project: shop })).toEqual([])
  const [found] = claimsOf(roots, 'owners', { project: shop, id: two })
  if (found === undefined) throw new Error('The claim was not found')
  dropClaim(found)
  expect(claimsOf(roots, 'owners', { project: shop, id: two })).toEqual([])
  expect(readdirSync(join(roots.data, 'owners')).sort()).toEqual(['a', 'c'])
})
