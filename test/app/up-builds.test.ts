import { describe, expect, test } from 'vitest'
import { plan } from '../../src/app/plan.ts'
import { up } from '../../src/app/up.ts'
import { PLAIN_UP, type UpOptions } from '../../src/app/up-plan.ts'
import { TcomposeError } from '../../src/base/tcompose-error.ts'
import type { Engine, Outcome } from '../../src/engine/engine.ts'
import type { BuildForecast } from '../../src/model/build-event.ts'
import type { ObservedState } from '../../src/model/observed-state.ts'
import type { Plan } from '../../src/planner/plan.ts'
import { imageIdOf } from '../support/apply-plan.ts'
import { aBuildStepSummary } from '../support/build-builders.ts'
import { memoryContext } from '../support/memory-context.ts'
import { anObservedState } from '../support/model-builders.ts'
import { aProjectRequest, runHooks } from '../support/project-call.ts'

const SHOP = 'name: shop\nservices: {web: {build: .}}\n'
const CURRENT: BuildForecast = { steps: [], isCurrent: true }
const STALE: BuildForecast = {
  isCurrent: false,
  steps: [
    { ...aBuildStepSummary(1, 'COPY . .'), state: 'runs', cause: 'src/app.js changed' },
    { ...aBuildStepSummary(2, 'RUN make'), state: 'runs', cause: undefined },
  ],
}

interface World {
  readonly compose?: string
  readonly options?: Partial<UpOptions>
  readonly isBuilt?: boolean
  readonly forecast?: BuildForecast
  readonly outcome?: Outcome
}

/** A host with the image `shop-web`, or without; a build makes it. `log` is what the engine was asked, in order. */
function aHost({ compose = SHOP, isBuilt = false, forecast = STALE, outcome = { kind: 'done' } }: World) {
  const log: string[] = []
  let isThere = isBuilt
  const observed = (): ObservedState =>
    anObservedState({
      images: new Map([
        isThere
          ? ['shop-web', { kind: 'present', id: imageIdOf('shop-web'), unpacked: true }]
          : ['shop-web', { kind: 'absent' }],
      ]),
    })
  const engine: Partial<Engine> = {
    lock: async () => {
      log.push('lock')
      return { [Symbol.asyncDispose]: async () => {} }
    },
    observe: async () => {
      log.push('observe')
      return observed()
    },
    preflight: async () => [],
    execute: async ({ steps }) => {
      log.push(`execute ${steps.map(({ action }) => action.kind).join(' ')}`)
      const builds = steps.some(({ action }) => action.kind === 'build-image')
      if (builds && outcome.kind === 'done') isThere = true
      return { outcomes: new Map(steps.map(({ id }) => [id, builds ? outcome : { kind: 'done' }])) }
    },
    builds: {
      forecast: async ({ service }) => {
        log.push(`forecast ${service}`)
        return forecast
      },
      inspect: async ({ service }) => {
        log.push(`inspect ${service}`)
        return { diagnostics: [], images: [], steps: [] }
      },
    },
  }
  return { context: memoryContext({ files: { 'compose.yaml': compose } }, engine), log }
}

/** Brings the project up; `plans` are those that were announced. */
async function upOn(world: World) {
  const { context, log } = aHost(world)
  const plans: Plan[] = []
  const call = {
    request: aProjectRequest(),
    options: { ...PLAIN_UP, ...world.options },
    hooks: runHooks({ onPlan: made => plans.push(made) }),
  }
  const result = await up(context, call)
  return { result, log, plans, builds: log.filter(line => line.includes('build-image')).length }
}

async function planOn(world: World) {
  const { context, log } = aHost(world)
  const result = await plan(context, aProjectRequest(), { ...PLAIN_UP, ...world.options })
  if (result.kind !== 'planned') throw new Error('Cannot plan')
  return { ...result, log }
}

describe('up() of an image that is built', () => {
  test('builds it before the project is locked, and creates the container with what came of it', async () => {
    const { result, log, plans } = await upOn({})
    expect(log).toEqual([
      'observe',
      'observe',
      'inspect web',
      'execute build-image',
      'lock',
      'observe',
      'execute create-network create-container start-container',
    ])
    expect(plans).toHaveLength(2)
    expect(result).toMatchObject({ kind: 'ran', plan: plans[1] })
  })

  for (const { what, world, builds } of [
    { what: 'not if it is there', world: { isBuilt: true }, builds: 0 },
    {
      what: 'with --build though it is there',
      world: { isBuilt: true, options: { build: 'always' } },
      builds: 1,
    },
    { what: 'not with --no-build', world: { options: { build: 'never' } }, builds: 0 },
    {
      what: 'with the policy "build" though it is there',
      world: { isBuilt: true, compose: 'services: {web: {image: shop-web, build: ., pull_policy: build}}\n' },
      builds: 1,
    },
    {
      what: 'if the project wants that of changed sources',
      world: { isBuilt: true, compose: `${SHOP}x-tcompose: {rebuild: changed}\n` },
      builds: 1,
    },
    {
      what: 'not if the project wants that and they have not changed',
      world: { isBuilt: true, forecast: CURRENT, compose: `${SHOP}x-tcompose: {rebuild: changed}\n` },
      builds: 0,
    },
  ] as const) {
    test(`builds it ${what}`, async () => {
      expect((await upOn(world)).builds).toBe(builds)
    })
  }

  test('asks for no forecast unless the project wants one', async () => {
    const { log } = await upOn({ isBuilt: true })
    expect(log.some(line => /forecast|inspect/.test(line))).toBe(false)
  })

  test('does nothing else if the build fails', async () => {
    const error = new TcomposeError('build-step', 'no')
    const { result, log } = await upOn({ outcome: { kind: 'failed', error } })
    expect(log.at(-1)).toBe('execute build-image')
    expect(result).toMatchObject({ kind: 'ran', report: { outcomes: new Map([[1, { error }]]) } })
  })
})

describe('plan() of an image that is built', () => {
  test('shows what its build would do beside the rest', async () => {
    const { plan: made, builds } = await planOn({})
    expect(made.steps.map(({ action }) => action.kind)).toEqual([
      'build-image',
      'create-network',
      'create-container',
      'start-container',
    ])
    expect(builds).toMatchObject([{ build: { service: 'web' }, forecast: STALE }])
  })

  test('says why it is built again', async () => {
    const compose = `${SHOP}x-tcompose: {rebuild: changed}\n`
    const { plan: made, builds } = await planOn({ isBuilt: true, compose })
    expect(made.steps[0]).toMatchObject({ cause: 'sources changed: src/app.js changed' })
    expect(builds).toHaveLength(1)
  })

  test('warns of one that is kept though its sources have changed', async () => {
    const { plan: made, builds } = await planOn({ isBuilt: true })
    expect(made.warnings).toEqual([
      'Image shop-web is kept as it is, though it would be built differently now: src/app.js changed; "up --build" builds it again',
    ])
    expect(builds).toEqual([])
  })

  test('has no build with --build where all of it is cached', async () => {
    const { plan: made } = await planOn({ isBuilt: true, forecast: CURRENT, options: { build: 'always' } })
    expect(made.steps.map(({ action }) => action.kind)).not.toContain('build-image')
    expect(made.warnings).toEqual([])
  })
})
