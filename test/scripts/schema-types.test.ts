import { describe, expect, test } from 'vitest'
import { schemaTypes } from '../../scripts/schema-types.ts'
import type { ComposeFile, KeyPattern, ValueKind } from '../../src/parser/generated/compose-types.ts'

describe('schemaTypes()', () => {
  test('writes keys with their descriptions, required ones without a question mark, and extensions', () => {
    const types = schemaTypes({
      type: 'object',
      properties: {
        size: { type: ['integer', 'string'], description: 'How much' },
        to: { $ref: '#/$defs/place' },
      },
      patternProperties: { '^x-': {} },
      required: ['to'],
      $defs: { place: { type: 'string', description: 'Where' } },
    })
    expect(types).toContain(`export type ComposeFile = {
  /** How much */
  readonly size?: number | string
  readonly to: ComposePlace
  readonly [extension: \`x-\${string}\`]: unknown
}`)
    expect(types).toContain('/** Where */\nexport type ComposePlace = string\n')
    expect(types).toContain("export type ValueKind =\n  | 'place'\n")
  })

  test('writes user-chosen names, lists and enumerations', () => {
    const types = schemaTypes({
      type: 'object',
      patternProperties: {
        '^[a-z]+$': { type: 'array', items: { type: 'string', enum: ['a', 'b'] } },
        '^x-': {},
      },
    })
    expect(types).toContain("export type ComposeFile = Readonly<Record<string, ReadonlyArray<'a' | 'b'>>>")
  })
})

describe('the types of documents', () => {
  test('accept what the format accepts, and refuse an unknown key', () => {
    const file = {
      services: { web: { image: 'nginx', ports: ['80:80', { target: 443 }], 'x-note': 1 } },
    } satisfies ComposeFile
    // @ts-expect-error: the key is misspelt
    const misspelt: ComposeFile = { servces: {} }
    const pattern: KeyPattern = 'services.*.ports[].target'
    const kind: ValueKind = 'keyValues'
    // @ts-expect-error: no key has this path
    const unknown: KeyPattern = 'services.*.prts'
    expect([file, misspelt, pattern, kind, unknown]).toHaveLength(5)
  })
})
