import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { canonicalForm } from '../../../src/parser/canonical/canonical-form.ts'
import type { MapNode } from '../../../src/parser/document/node.ts'
import { plainValue } from '../../../src/parser/document/plain-value.ts'
import { readYaml } from '../../../src/parser/document/read-yaml.ts'
import { mergeDocuments, settleDirectives } from '../../../src/parser/merge/merge-documents.ts'

/** Attributes that the table of merge rules speaks of, each with values that may meet in several files. */
const attributes = fc.record(
  {
    image: fc.constantFrom('a', 'b', null),
    init: fc.boolean(),
    command: fc.constantFrom('a b', ['c'], []),
    environment: fc.oneof(
      fc.dictionary(fc.constantFrom('A', 'B', 'C'), fc.constantFrom('1', '2'), { maxKeys: 3 }),
      fc.uniqueArray(fc.constantFrom('A=1', 'B=2', 'C=3'), { maxLength: 3 }),
    ),
    labels: fc.dictionary(fc.constantFrom('a', 'b'), fc.constantFrom('x', 'y'), { maxKeys: 2 }),
    cap_add: fc.uniqueArray(fc.constantFrom('KILL', 'CHOWN', 'SETUID'), { maxLength: 3 }),
    security_opt: fc.uniqueArray(fc.constantFrom('a', 'b'), { maxLength: 2 }),
    dns: fc.constantFrom('1.1.1.1', ['1.1.1.1', '2.2.2.2']),
    ports: fc.uniqueArray(fc.constantFrom('80', '80:80', '81:80/udp', '0.0.0.0:80:80'), { maxLength: 3 }),
    volumes: fc.uniqueArray(fc.constantFrom('/a', '/x:/a', 'v:/b', './y:/b:ro'), { maxLength: 3 }),
    networks: fc.constantFrom(['n'], { n: { priority: 1 }, m: null }, { n: { aliases: ['q'] } }),
    depends_on: fc.constantFrom(['db'], { db: { condition: 'service_healthy' } }),
    ulimits: fc.constantFrom({ nofile: 5 }, { nofile: { soft: 1, hard: 2 }, nproc: 3 }),
    build: fc.constantFrom('.', { target: 't' }, { args: { A: '1' } }),
    healthcheck: fc.constantFrom({ test: 'a', retries: 1 }, { test: ['NONE'] }, { interval: '5s' }),
    extra_hosts: fc.constantFrom(['a=1.1.1.1'], { a: '2.2.2.2' }),
    tmpfs: fc.constantFrom('/t', ['/t', '/u:size=1m']),
  },
  { requiredKeys: [] },
)

const document = attributes.map(web => {
  const file = readYaml('compose.yaml', JSON.stringify({ services: { web } }))
  const [map] = file.documents
  if (map === undefined) throw new Error('Cannot read the generated file')
  return canonicalForm(map).document
})

const merge = (base: MapNode, override: MapNode) => mergeDocuments(base, override).document

describe('mergeDocuments()', () => {
  test('gives the same whichever two of three documents are merged first', () => {
    fc.assert(
      fc.property(document, document, document, (first, second, third) => {
        const fromLeft = merge(merge(settleDirectives(first), second), third)
        const fromRight = merge(settleDirectives(first), mergeDocuments(second, third, 'keep').document)
        expect(plainValue(fromLeft)).toEqual(plainValue(fromRight))
      }),
      { numRuns: 500 },
    )
  })

  test('takes an empty document for nothing', () => {
    const empty: MapNode = { ...settleDirectives(emptyMap()) }
    fc.assert(
      fc.property(document, one => {
        const settled = settleDirectives(one)
        expect(plainValue(merge(settled, empty))).toEqual(plainValue(settled))
        expect(plainValue(merge(empty, settled))).toEqual(plainValue(settled))
      }),
    )
  })

  test('changes neither of its inputs', () => {
    fc.assert(
      fc.property(document, document, (base, override) => {
        const before = JSON.stringify([plainValue(base), plainValue(override)])
        merge(base, override)
        expect(JSON.stringify([plainValue(base), plainValue(override)])).toBe(before)
      }),
    )
  })
})

function emptyMap(): MapNode {
  const span = { file: 'compose.yaml', line: 1, column: 1, endLine: 1, endColumn: 1 }
  return { kind: 'map', entries: new Map(), span }
}
