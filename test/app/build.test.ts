import { describe, expect, test } from 'vitest'
import { build } from '../../src/app/build.ts'
import { findBuilds } from '../../src/app/find-builds.ts'
import { inspectBuilds } from '../../src/app/inspect-builds.ts'
import type { BuildCall } from '../../src/app/load-builds.ts'
import { planBuild } from '../../src/app/plan-build.ts'
import { TcomposeError } from '../../src/base/tcompose-error.ts'
import type { BuildInspection, Engine, ExecuteOptions } from '../../src/engine/engine.ts'
import type { ImageBuild } from '../../src/model/build-event.ts'
import type { Plan } from '../../src/planner/plan.ts'
import { memoryContext } from '../support/memory-context.ts'
import { aProjectRequest, runHooks } from '../support/project-call.ts'

const FLAGS: BuildCall['flags'] = { args: [], noCache: false, pull: false, ssh: [] }
const PLAIN: BuildCall = { services: [], withDependencies: false, push: false, flags: FLAGS }

interface World {
  readonly files: Readonly<Record<string, string>>
  readonly environment?: Readonly<Record<string, string>>
  readonly options?: Partial<BuildCall>
  /** The images that Dockerfiles name, by service. */
  readonly images?: Readonly<Record<string, readonly string[]>>
  readonly isRoot?: boolean
}

/** A host on which builds succeed; `carriedOut` is what it was asked to do. */
function aHost({ files, environment, images = {}, isRoot = true }: World) {
  const carriedOut: { readonly plan: Plan; readonly options: ExecuteOptions }[] = []
  const inspected: string[] = []
  const inspect = async ({ service }: ImageBuild): Promise<BuildInspection> => {
    inspected.push(service)
    const named = images[service]
    if (named === undefined) throw new TcomposeError('build-context', 'Cannot read')
    return { diagnostics: [], images: named, steps: [] }
  }
  const engine: Partial<Engine> = {
    builds: { inspect, forecast: async () => ({ steps: [], isCurrent: images['web'] !== undefined }) },
    execute: async (plan, options) => {
      carriedOut.push({ plan, options })
      return { outcomes: new Map(plan.steps.map(({ id }) => [id, { kind: 'done' as const }])) }
    },
  }
  const project = environment === undefined ? { files } : { files, environment }
  return { context: { ...memoryContext(project, engine), isRoot }, carriedOut, inspected }
}

/** Builds, and returns what was carried out as `image <- images before it`. */
async function builtOf(world: World) {
  const host = aHost(world)
  const call = {
    request: aProjectRequest(),
    options: { ...PLAIN, ...world.options },
    hooks: runHooks(),
  }
  const result = await build(host.context, call)
  const steps = host.carriedOut.flatMap(({ plan }) => plan.steps)
  const nameOf = (id: number): string => {
    const action = steps.find(step => step.id === id)?.action
    if (action?.kind === 'push-image') return `push ${action.image}`
    return action?.kind === 'build-image' ? action.build.service : ''
  }
  return {
    ...host,
    result,
    steps: steps.map(({ id, dependsOn }) => [nameOf(id), ...dependsOn.map(nameOf)].join(' <- ')),
  }
}

const SHOP = `name: shop
services:
  web: { image: registry/web, build: { context: web, args: { A: '1' } }, depends_on: [db] }
  api: { build: ./api, depends_on: [web] }
  db: { image: postgres }
`

describe('build()', () => {
  for (const { what, options, wanted } of [
    { what: 'every service that is built', options: {}, wanted: ['api', 'web'] },
    { what: 'what is named', options: { services: ['api'] }, wanted: ['api'] },
    {
      what: 'what that depends on too',
      options: { services: ['api'], withDependencies: true },
      wanted: ['web', 'api'],
    },
    { what: 'nothing where no image is built', options: { services: ['db'] }, wanted: [] },
    {
      what: 'and pushes what the file names',
      options: { push: true },
      wanted: ['api', 'web', 'push registry/web <- web'],
    },
  ]) {
    test(`builds ${what}`, async () => {
      const { steps, result } = await builtOf({
        files: { 'compose.yaml': SHOP },
        options,
        images: { api: [], web: [] },
      })
      expect(steps.toSorted()).toEqual(wanted.toSorted())
      expect(result).toMatchObject({ kind: 'ran', project: 'shop' })
    })
  }

  test('builds what a Dockerfile names before it, and what is named by that', async () => {
    const files = {
      'compose.yaml':
        'name: shop\nservices: {a: {build: a}, b: {build: b}, c: {image: c/c, build: {context: c, tags: [other]}}}\n',
    }
    const images = { a: ['shop-b'], b: ['docker.io/library/other:latest'], c: ['node'] }
    const { steps, inspected } = await builtOf({ files, images, options: { services: ['a'] } })
    expect(steps).toEqual(['c', 'b <- c', 'a <- b'])
    expect(inspected).toEqual(['a', 'b', 'c'])
  })

  test('reads no Dockerfile for the order of a single build', async () => {
    const { steps, inspected } = await builtOf({ files: { 'compose.yaml': 'services: {a: {build: .}}\n' } })
    expect([steps, inspected]).toEqual([['a'], []])
  })

  test('leaves what is wrong with a Dockerfile to its build', async () => {
    const { steps } = await builtOf({ files: { 'compose.yaml': SHOP }, images: { api: ['x'] } })
    expect(steps.toSorted()).toEqual(['api', 'web'])
  })

  test('adds the flags to the settings of the file', async () => {
    const flags = {
      args: ['A=2', 'B=b=c', 'FROM_PROCESS', 'FROM_FILE', 'NOWHERE'],
      noCache: true,
      pull: true,
      ssh: [{ id: 'git', paths: ['keys/git', '/abs'] }],
    }
    const { carriedOut } = await builtOf({
      files: { 'compose.yaml': SHOP, '.env': 'FROM_FILE=f\nFROM_PROCESS=f\n' },
      environment: { FROM_PROCESS: 'p' },
      options: { services: ['web'], flags },
      images: { web: [] },
    })
    const action = carriedOut[0]?.plan.steps[0]?.action
    expect(action).toMatchObject({
      build: {
        image: 'registry/web',
        config: {
          args: new Map([
            ['A', '2'],
            ['B', 'b=c'],
            ['FROM_PROCESS', 'p'],
            ['FROM_FILE', 'f'],
          ]),
          noCache: true,
          pull: true,
          ssh: [{ id: 'git', paths: ['/project/keys/git', '/abs'] }],
        },
      },
    })
  })

  test('gives the engine the variables of the project where a secret is one', async () => {
    const compose = (secrets: string) => `services: {a: {build: {context: ., secrets: [${secrets}]}}}
secrets: {token: {environment: TOKEN}}
`
    const world = { environment: { HOME: '/root' } }
    const variablesOf = async (secrets: string) => {
      const files = { 'compose.yaml': compose(secrets), '.env': 'TOKEN=t\n' }
      const { carriedOut } = await builtOf({ ...world, files })
      return carriedOut[0]?.options.environment?.get('TOKEN')
    }
    expect([await variablesOf('token'), await variablesOf('')]).toEqual(['t', undefined])
  })

  test('wants root, and a good file', async () => {
    const call = { request: aProjectRequest(), options: PLAIN, hooks: runHooks() }
    const { context } = aHost({ files: { 'compose.yaml': SHOP }, isRoot: false })
    await expect(build(context, call)).rejects.toMatchObject({ code: 'not-root' })
    const bad = aHost({ files: { 'compose.yaml': 'services: {a: {build: {contxt: .}}}\n' } })
    expect(await build(bad.context, call)).toMatchObject({ kind: 'invalid' })
    expect(bad.carriedOut).toEqual([])
  })
})

test('findBuilds() returns the builds of a request, and those of named contexts before them', async () => {
  const compose = `services:
  a: { build: { context: ., additional_contexts: { base: 'service:b' } } }
  b: { build: ./b }
  c: { build: ./c }
`
  const { context, inspected } = aHost({ files: { 'compose.yaml': compose } })
  const found = await findBuilds(context, aProjectRequest(), { ...PLAIN, services: ['a'] })
  expect(found.kind === 'found' && found.builds.map(({ service }) => service)).toEqual(['b', 'a'])
  expect(inspected).toEqual([])
})

test('inspectBuilds() reads each Dockerfile', async () => {
  const images = { api: ['node:22'], web: [] }
  const { context } = aHost({ files: { 'compose.yaml': SHOP }, images })
  const found = await inspectBuilds(context, aProjectRequest(), { ...PLAIN, lint: true })
  expect(
    found.kind === 'inspected' &&
      found.builds.map(({ build: { service }, inspection }) => [service, inspection.images]),
  ).toEqual(expect.arrayContaining(Object.entries(images)))
})

test('planBuild() returns what build would do, and changes nothing', async () => {
  const { context, carriedOut } = aHost({ files: { 'compose.yaml': SHOP }, images: { api: [], web: [] } })
  const planned = await planBuild(context, aProjectRequest(), { ...PLAIN, push: true })
  expect(planned).toMatchObject({
    kind: 'planned',
    plan: { steps: [{}, {}, { action: { kind: 'push-image' } }] },
    builds: [{ forecast: { isCurrent: true } }, { forecast: { isCurrent: true } }],
  })
  expect(carriedOut).toEqual([])
})
