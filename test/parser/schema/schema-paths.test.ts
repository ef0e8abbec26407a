import { readFile } from 'node:fs/promises'
import { describe, expect, test } from 'vitest'
import { buildGenerated } from '../../../scripts/build-schemas.ts'
import { schemaPaths } from '../../../src/parser/schema/schema-paths.ts'
import { supportOf } from '../../../src/parser/supported/check-supported.ts'
import { KEPT_KEYS, SUPPORTED_KEYS } from '../../../src/parser/supported/supported-keys.ts'
import { SUPPORTED_VALUES } from '../../../src/parser/supported/supported-values.ts'
import { CATALOGUE } from './catalogue.ts'

const allowed = new Set(schemaPaths().map(({ pattern }) => pattern))

describe('the Compose schema', () => {
  test('schemaPaths() holds each of the 353 paths of the catalogue', () => {
    expect(CATALOGUE.length).toBe(353)
    expect(CATALOGUE.map(([path]) => path).filter(path => !allowed.has(path))).toEqual([])
  })

  test('schemaPaths() holds no key beyond the catalogue', () => {
    const known = new Set(CATALOGUE.map(([path]) => path))
    expect([...allowed].filter(path => !known.has(path) && !/(?:\.\*|\[\])$/.test(path))).toEqual([])
  })

  test('buildGenerated() makes what is checked in', async () => {
    const folder = new URL('../../../src/parser/generated/', import.meta.url)
    for (const [name, text] of await buildGenerated()) {
      expect(await readFile(new URL(name, folder), 'utf8')).toBe(text)
    }
  })

  test('every path of the lists of what runs is a path of the schema', () => {
    const listed = [...SUPPORTED_KEYS, ...KEPT_KEYS.keys(), ...SUPPORTED_VALUES.keys()]
    expect(listed.filter(path => !allowed.has(path))).toEqual([])
  })

  const pathsBelow = (pattern: RegExp): readonly string[] =>
    CATALOGUE.map(([path]) => path).filter(path => pattern.test(path))

  test('supportOf() knows every key of secrets and configs, and refuses drivers', () => {
    const grants = pathsBelow(/^services\.\*\.(?:secrets|configs)(?:$|\[)/)
    const sources = ['content', 'environment', 'external', 'file', 'name'].map(key => `configs.*.${key}`)
    expect([...grants, ...sources].filter(path => supportOf(path) !== 'runs')).toEqual([])
    const drivers = pathsBelow(/^(?:secrets|configs)\.\*\..*driver/)
    expect(drivers).toHaveLength(4)
    expect(drivers.filter(path => supportOf(path) !== 'unsupported')).toEqual([])
  })

  test('supportOf() knows every key of a build, and what a secret of one is made of', () => {
    const paths = [...pathsBelow(/^services\.\*\.build(?:$|\.)/), 'secrets.*.file', 'secrets.*.environment']
    expect(paths.filter(path => supportOf(path) !== 'runs')).toEqual([])
  })
})
