import fc from 'fast-check'
import { expect, test } from 'vitest'
import { toComposeJson, toComposeYaml } from '../../../src/parser/compose-output/to-compose-output.ts'
import type { ComposeDocument } from '../../../src/parser/load-compose-document.ts'
import { arbitraryComposeText } from '../../support/arbitrary-compose.ts'
import { loadMemory, loadMemoryDocument, type MemoryProject } from '../../support/memory-project.ts'

const RUNS = { numRuns: 60 }

function memory(text: string): MemoryProject {
  return {
    files: { 'compose.yaml': text },
    environment: { B: 'from outside', HOME: '/home/me' },
    request: { allowUnsupported: true, profiles: ['*'] },
  }
}

function documentOf(text: string): ComposeDocument {
  const { value, diagnostics } = loadMemoryDocument(memory(text))
  if (value === undefined) throw new Error(diagnostics.map(({ message }) => message).join('\n'))
  return value
}

function modelOf(text: string): object {
  const { value, diagnostics } = loadMemory(memory(text))
  if (value === undefined) throw new Error(diagnostics.map(({ message }) => message).join('\n'))
  const { origins, ...model } = value
  return model
}

test('toComposeYaml() prints what loads back to the same model', () => {
  fc.assert(
    fc.property(arbitraryComposeText, text => {
      const printed = toComposeYaml(documentOf(text))
      expect(modelOf(printed)).toEqual(modelOf(text))
      expect(toComposeYaml(documentOf(printed))).toBe(printed)
    }),
    RUNS,
  )
})

test('toComposeJson() prints what loads back to the same model', () => {
  fc.assert(
    fc.property(arbitraryComposeText, text => {
      const printed = toComposeJson(documentOf(text))
      expect(modelOf(printed)).toEqual(modelOf(text))
      expect(toComposeYaml(documentOf(printed))).toBe(toComposeYaml(documentOf(text)))
    }),
    RUNS,
  )
})
