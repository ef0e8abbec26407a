import { describe, expect, test } from 'vitest'
import { nodeAt } from '../../../src/parser/document/node.ts'
import { plainValue } from '../../../src/parser/document/plain-value.ts'
import { loadMemoryDocument } from '../../support/memory-project.ts'

const BASE =
  'services: {web: {image: a, command: [x], ports: ["1:1"], labels: {a: b}, hostname: h, environment: {A: "1"}}}\n'

function loaded(override: string) {
  return loadMemoryDocument({
    files: { 'compose.yaml': BASE, 'compose.override.yaml': override },
  })
}

describe('withoutNulls()', () => {
  test('leaves what a later file names without a value as the earlier one has it', () => {
    const { value, diagnostics } = loaded(
      'services: {web: {ports: , labels: , hostname: }}\nnetworks: {n: }\n',
    )
    expect(diagnostics).toEqual([])
    const web = value === undefined ? undefined : nodeAt(value.document, ['services', 'web'])
    expect(web === undefined ? undefined : plainValue(web)).toMatchObject({
      hostname: 'h',
      labels: { a: 'b' },
    })
    expect(web === undefined ? [] : Object.keys(Object(plainValue(web)))).toContain('ports')
  })

  test('keeps a null that is a value: no command of its own, a variable of the shell', () => {
    const { value } = loaded('services: {web: {command: , environment: {A: }}}\n')
    const web =
      value === undefined
        ? undefined
        : plainValue(nodeAt(value.document, ['services', 'web']) ?? value.document)
    expect(web).toMatchObject({ command: null, environment: { A: null } })
  })

  test('leaves a key without a value that no earlier file has to the schema check', () => {
    const { diagnostics } = loaded('services: {web: {user: }}\n')
    expect(diagnostics.map(({ code, span }) => [code, span?.file])).toEqual([
      ['wrong-type', 'compose.override.yaml'],
    ])
  })
})
