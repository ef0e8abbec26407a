import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { buildSupportPage } from '../../scripts/build-support-page.ts'
import { projectRoot } from '../../scripts/project-root.ts'
import { schemaWords } from '../../scripts/schema-words.ts'
import { CATALOGUE } from '../parser/schema/catalogue.ts'

describe('the support page', () => {
  test('buildSupportPage() has a row with a state and a meaning for each of the 353 paths', async () => {
    const page = await buildSupportPage()
    const rows = page
      .split('\n')
      .flatMap(line => /^\| `([^`]+)` \| ([^|]+) \| ([^|]+) \|$/.exec(line)?.slice(1, 2) ?? [])
    expect(rows.filter(row => row !== '*').toSorted()).toEqual(CATALOGUE.map(([path]) => path).toSorted())
  })

  test('schemaWords() describes each path of the catalogue', async () => {
    const schema: unknown = JSON.parse(
      await readFile(join(projectRoot, 'schemas/compose.schema.json'), 'utf8'),
    )
    const words = schemaWords(schema)
    expect(CATALOGUE.map(([path]) => path).filter(path => (words.get(path) ?? '').length < 8)).toEqual([])
  })
})
