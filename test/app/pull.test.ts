import { expect, test } from 'vitest'
import { type PullOptions, pull } from '../../src/app/pull.ts'
import type { Engine } from '../../src/engine/engine.ts'
import { memoryContext } from '../support/memory-context.ts'
import { anObservedState } from '../support/model-builders.ts'
import { aProjectRequest, runHooks } from '../support/project-call.ts'

const TEXT = 'name: shop\nservices: {web: {image: a, depends_on: [db]}, db: {image: b}}\n'

/** Pulls for the file `text`; `got` are the images that the engine was to get. */
async function pulled(text: string, changes: Partial<PullOptions> = {}) {
  const got: string[][] = []
  const engine: Partial<Engine> = {
    observe: async () => anObservedState(),
    execute: async plan => {
      got.push(plan.steps.map(({ action }) => ('image' in action ? action.image : action.kind)))
      return { outcomes: new Map() }
    },
  }
  const options: PullOptions = { services: [], includeDeps: false, policy: undefined, ...changes }
  const context = memoryContext({ files: { 'compose.yaml': text } }, engine)
  const result = await pull(context, {
    request: aProjectRequest(),
    options,
    hooks: runHooks(),
  })
  const codes = 'diagnostics' in result ? result.diagnostics.map(({ code }) => code) : []
  return { kind: result.kind, codes, got }
}

for (const { what, options, images } of [
  { what: 'the images of all services', options: {}, images: ['b', 'a'] },
  { what: 'the image of a service alone', options: { services: ['web'] }, images: ['a'] },
  {
    what: 'those of what it depends on too, where asked',
    options: { services: ['web'], includeDeps: true },
    images: ['b', 'a'],
  },
]) {
  test(`pull() gets ${what}`, async () => {
    const { kind, got } = await pulled(TEXT, options)
    expect(kind).toBe('ran')
    expect(got.map(one => one.toSorted())).toEqual([images.toSorted()])
  })
}

test('pull() gets nothing for a file with a mistake', async () => {
  expect(await pulled('services: {web: {imag: a}}\n')).toEqual({
    kind: 'invalid',
    codes: ['unknown-key'],
    got: [],
  })
})

test('pull() has the engine do nothing where there is nothing to get', async () => {
  expect(await pulled('services: {}\n')).toMatchObject({ kind: 'ran', got: [] })
})
