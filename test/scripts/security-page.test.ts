import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { projectRoot } from '../../scripts/project-root.ts'

const page = readFileSync(join(projectRoot, 'docs/security.md'), 'utf8')

/** Cells of the tables of advisories. */
const rows = page
  .split('\n')
  .filter(line => /^\| (CVE|GHSA)-/.test(line))
  .map(line => line.split('|').map(cell => cell.trim()))

test('docs/security.md names only files that exist', () => {
  const named = [...page.matchAll(/`((?:src|native|test|scripts)\/[^`\s]+)`/g)].map(([, path = '']) => path)
  expect(named.length).toBeGreaterThan(100)
  expect(named.filter(path => !existsSync(join(projectRoot, path)))).toEqual([])
})

test('docs/security.md has each advisory once, in a row of four cells', () => {
  expect(rows.filter(cells => cells.length !== 6)).toEqual([])
  const ids = rows.flatMap(([, advisory = '']) => advisory.match(/CVE-\d{4}-\d+|GHSA(?:-\w{4}){3}/g) ?? [])
  expect(ids.length).toBeGreaterThan(80)
  expect(ids.filter((id, index) => ids.indexOf(id) !== index)).toEqual([])
})

test('docs/security.md names for each advisory the test that proves the guard, or none', () => {
  const isProof = (proof: string) => /`test\/[^`]+`|^none\b|^does not apply$/.test(proof)
  expect(rows.filter(([, , , , proof = '']) => !isProof(proof))).toEqual([])
})
