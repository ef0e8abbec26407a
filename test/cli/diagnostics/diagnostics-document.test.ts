import { Ajv } from 'ajv'
import { expect, test } from 'vitest'
import type { Diagnostic } from '../../../src/base/diagnostic.ts'
import { diagnosticsDocument } from '../../../src/cli/diagnostics/diagnostics-document.ts'

const SPAN = { file: 'dir name/compose.yaml', line: 3, column: 5, endLine: 3, endColumn: 9 }

const DIAGNOSTICS: readonly Diagnostic[] = [
  {
    severity: 'error',
    code: 'duplicate-key',
    message: 'Key "web" is set twice in one mapping',
    span: SPAN,
    hint: 'Join the two',
    related: [{ message: 'here first', span: { ...SPAN, line: 1, endLine: 1 } }],
  },
  { severity: 'warning', code: 'unset-variable', message: 'Variable "A" is not set' },
]

/** What SARIF 2.1.0 requires of the objects that tcompose writes. */
const REGION = {
  type: 'object',
  properties: Object.fromEntries(
    ['startLine', 'startColumn', 'endLine', 'endColumn'].map(key => [key, { type: 'integer', minimum: 1 }]),
  ),
}
const LOCATION = {
  type: 'object',
  properties: {
    id: { type: 'integer', minimum: -1 },
    message: { type: 'object', required: ['text'] },
    physicalLocation: {
      type: 'object',
      required: ['artifactLocation'],
      properties: {
        artifactLocation: {
          type: 'object',
          required: ['uri'],
          properties: { uri: { type: 'string', pattern: '^[^ #?]+$' } },
        },
        region: REGION,
      },
    },
  },
}
const SARIF = {
  type: 'object',
  required: ['version', 'runs'],
  properties: {
    $schema: { type: 'string' },
    version: { const: '2.1.0' },
    runs: {
      type: 'array',
      items: {
        type: 'object',
        required: ['tool', 'results'],
        properties: {
          columnKind: { enum: ['utf16CodeUnits', 'unicodeCodePoints'] },
          tool: {
            type: 'object',
            required: ['driver'],
            properties: {
              driver: {
                type: 'object',
                required: ['name'],
                properties: { rules: { type: 'array', items: { type: 'object', required: ['id'] } } },
              },
            },
          },
          results: {
            type: 'array',
            items: {
              type: 'object',
              required: ['message', 'ruleId', 'level'],
              properties: {
                level: { enum: ['none', 'note', 'warning', 'error'] },
                message: { type: 'object', required: ['text'] },
                locations: { type: 'array', items: LOCATION },
                relatedLocations: { type: 'array', items: LOCATION },
              },
            },
          },
        },
      },
    },
  },
}

test('diagnosticsDocument() writes SARIF 2.1.0', () => {
  const log: unknown = JSON.parse(diagnosticsDocument(DIAGNOSTICS, 'sarif', '1.2.3'))
  const validate = new Ajv().compile(SARIF)
  expect([validate(log), validate.errors]).toEqual([true, null])
  expect(log).toMatchObject({
    runs: [
      {
        tool: { driver: { version: '1.2.3', rules: [{ id: 'TC1012' }, { id: 'TC1018' }] } },
        results: [
          {
            ruleId: 'TC1012',
            ruleIndex: 0,
            level: 'error',
            locations: [
              {
                physicalLocation: {
                  artifactLocation: { uri: 'dir%20name/compose.yaml' },
                  region: { startLine: 3, startColumn: 5, endLine: 3, endColumn: 9 },
                },
              },
            ],
            relatedLocations: [{ id: 0, message: { text: 'here first' } }],
          },
          { ruleId: 'TC1018', ruleIndex: 1, level: 'warning' },
        ],
      },
    ],
  })
})

test('diagnosticsDocument() writes JSON with places, hints and codes', () => {
  expect(JSON.parse(diagnosticsDocument(DIAGNOSTICS, 'json', '1.2.3'))).toEqual({
    diagnostics: [
      { ...DIAGNOSTICS[0], code: 'TC1012', name: 'duplicate-key' },
      { ...DIAGNOSTICS[1], code: 'TC1018', name: 'unset-variable', related: [] },
    ],
  })
})

test('diagnosticsDocument() writes a document if there is nothing to tell', () => {
  expect(JSON.parse(diagnosticsDocument([], 'json', '1.2.3'))).toEqual({ diagnostics: [] })
  expect(JSON.parse(diagnosticsDocument([], 'sarif', '1.2.3'))).toMatchObject({ runs: [{ results: [] }] })
})
