import { expect, test } from 'vitest'
import { plan } from '../../src/app/plan.ts'
import { up } from '../../src/app/up.ts'
import { PLAIN_UP, type UpOptions } from '../../src/app/up-plan.ts'
import { TcomposeError } from '../../src/base/tcompose-error.ts'
import type { Engine, ImageAnswer } from '../../src/engine/engine.ts'
import type { ObservedState } from '../../src/model/observed-state.ts'
import { imageIdOf } from '../support/apply-plan.ts'
import { memoryContext } from '../support/memory-context.ts'
import { anObservedState } from '../support/model-builders.ts'
import { aProjectRequest, runHooks } from '../support/project-call.ts'

const GOOD = 'name: shop\nservices: {web: {image: a}}\n'
const PRESENT: ObservedState = anObservedState({
  images: new Map([['a', { kind: 'present', id: imageIdOf('a'), unpacked: true }]]),
})

interface World {
  readonly compose: string
  readonly options?: Partial<UpOptions>
  readonly answer?: ImageAnswer
  readonly isRoot?: boolean
}

/** Runs `up` and `plan` on a host that has the image and nothing else. `done` is what the engine was asked to change. */
async function both({ compose, options = {}, answer, isRoot = true }: World) {
  const done: string[] = []
  const engine: Partial<Engine> = {
    lock: async () => ({ [Symbol.asyncDispose]: async () => {} }),
    observe: async () => PRESENT,
    askImages: async () => new Map(answer === undefined ? [] : [['a', answer]]),
    preflight: async () => [],
    execute: async () => {
      done.push('execute')
      return { outcomes: new Map() }
    },
  }
  const context = { ...memoryContext({ files: { 'compose.yaml': compose } }, engine), isRoot }
  const all = { ...PLAIN_UP, ...options }
  const request = aProjectRequest()
  const ran = await up(context, { request, options: all, hooks: runHooks() }).catch((error: unknown) => error)
  return { ran, planned: await plan(context, request, all), done }
}

test('up() carries out what plan() shows', async () => {
  const { ran, planned, done } = await both({ compose: GOOD })
  expect(ran).toMatchObject({ kind: 'ran', project: 'shop' })
  expect(planned).toMatchObject({ kind: 'planned', unchanged: 0 })
  const { plan: carriedOut } = ran as { readonly plan: object }
  expect(planned).toMatchObject({ plan: carriedOut })
  expect(done).toEqual(['execute'])
})

for (const { what, compose } of [
  { what: 'a file that cannot be read', compose: 'services: {web: [\n' },
  { what: 'a file with a mistake', compose: 'name: shop\nservices: {web: {image: a, imag: b}}\n' },
  {
    what: 'a key that is not run',
    compose: 'name: shop\nservices: {web: {image: a, use_api_socket: true}}\n',
  },
  {
    what: 'two services on one host port',
    compose: 'name: shop\nservices: {web: {image: a, ports: ["80:80"]}, db: {image: a, ports: ["80:81"]}}\n',
  },
]) {
  test(`up() and plan() refuse ${what}, and nothing is changed`, async () => {
    const { ran, planned, done } = await both({ compose })
    for (const result of [ran, planned]) {
      expect(result).toMatchObject({ kind: 'invalid' })
      const { diagnostics } = result as { readonly diagnostics: ReadonlyArray<{ readonly severity: string }> }
      expect(diagnostics.filter(({ severity }) => severity === 'error')).not.toEqual([])
    }
    expect(done).toEqual([])
  })
}

test('up() and plan() are refused where a registry that must be asked fails, and nothing is changed', async () => {
  const error = new TcomposeError('image-denied', 'Cannot pull a')
  const answer: ImageAnswer = { kind: 'failed', error }
  const { ran, planned, done } = await both({ compose: GOOD, options: { pull: 'always' }, answer })
  expect(ran).toMatchObject({ kind: 'refused', errors: [{ code: 'image-denied' }] })
  expect(planned).toMatchObject({ kind: 'refused', errors: [{ code: 'image-denied' }] })
  expect(done).toEqual([])
})

test('up() wants root for a file that is good, plan() does not', async () => {
  const { ran, planned, done } = await both({ compose: GOOD, isRoot: false })
  expect(ran).toMatchObject({ code: 'not-root' })
  expect(planned).toMatchObject({ kind: 'planned' })
  expect(done).toEqual([])
})

test('up() asks for root before it looks at what runs', async () => {
  const context = { ...memoryContext({ files: { 'compose.yaml': GOOD } }), isRoot: false }
  const call = { request: aProjectRequest(), options: PLAIN_UP, hooks: runHooks() }
  await expect(up(context, call)).rejects.toMatchObject({ code: 'not-root' })
})
