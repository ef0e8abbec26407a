import { describe, expect, test } from 'vitest'
import type { Checked } from '../../src/base/diagnostic.ts'
import type { Service } from '../../src/model/service.ts'
import { nodeAt } from '../../src/parser/document/node.ts'
import { plainValue } from '../../src/parser/document/plain-value.ts'
import { loadMemory, loadMemoryDocument, type MemoryProject, webFile } from './memory-project.ts'

/** One form of an attribute of service `web`, and its result. */
export interface AttributeCase {
  readonly yaml: string
  readonly value: unknown
  /** More of the file, below service `web`. */
  readonly rest?: string
  readonly environment?: Readonly<Record<string, string>>
  readonly files?: Readonly<Record<string, string>>
}

/** Tests what the model contains for each form of attribute `key`. Undefined fields need not be named. */
export function testAttribute(
  key: string,
  read: (service: Service) => unknown,
  cases: readonly AttributeCase[],
): void {
  describe(key, () => {
    for (const example of cases) {
      test(`loadProject() reads ${titleOf(example)}`, () => {
        const project = loadedOf(loadMemory(projectOf(example)))
        const web = project.services.get('web')
        expect(web === undefined ? undefined : read(web)).toEqual(example.value)
      })
    }
  })
}

/** Tests the canonical form of each form of attribute `key`, for attributes that the model does not hold. */
export function testCanonical(key: string, cases: readonly AttributeCase[]): void {
  describe(key, () => {
    for (const example of cases) {
      test(`loadComposeDocument() brings ${titleOf(example)} to its canonical form`, () => {
        const { document } = loadedOf(loadMemoryDocument(projectOf(example)))
        const node = nodeAt(document, ['services', 'web', key])
        expect(node === undefined ? undefined : plainValue(node)).toEqual(example.value)
      })
    }
  })
}

/** Tests that each of `yamls` is an error, reported at its own lines. */
export function testRefused(key: string, yamls: readonly string[]): void {
  describe(`a wrong ${key}`, () => {
    for (const yaml of yamls) {
      test(`loadProject() refuses ${JSON.stringify(yaml)}`, () => {
        const { value, diagnostics } = loadMemory(projectOf({ yaml, value: undefined }))
        expect(value).toBeUndefined()
        const error = diagnostics.find(({ severity }) => severity === 'error')
        expect(error?.span?.file).toBe('compose.yaml')
        expect(error?.span?.line).toBeGreaterThanOrEqual(3)
      })
    }
  })
}

function projectOf({ yaml, rest, environment = {}, files = {} }: AttributeCase): MemoryProject {
  return { files: { ...files, 'compose.yaml': webFile(yaml, rest) }, environment }
}

function loadedOf<T>({ value, diagnostics }: Checked<T>): T {
  if (value === undefined) throw new Error(diagnostics.map(({ message }) => message).join('\n'))
  return value
}

function titleOf({ yaml, environment }: AttributeCase): string {
  const variables = Object.entries(environment ?? {}).map(([name, text]) => ` with ${name}=${text}`)
  return `${JSON.stringify(yaml)}${variables.join('')}`
}
