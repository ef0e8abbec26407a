import { describe, expect, test } from 'vitest'
import { millisOf } from '../../src/base/millis.ts'
import type { BuildConfig } from '../../src/model/build.ts'
import type { ObservedState } from '../../src/model/observed-state.ts'
import { parsePlatform } from '../../src/model/platform.ts'
import type { Project } from '../../src/model/project.ts'
import type { Service } from '../../src/model/service.ts'
import { toDesiredState } from '../../src/planner/desired-state.ts'
import { imagesToAsk } from '../../src/planner/image-policy.ts'
import { planToJson } from '../../src/planner/plan-json.ts'
import { planPull } from '../../src/planner/plan-pull.ts'
import { planPush } from '../../src/planner/plan-push.ts'
import { planToText } from '../../src/planner/plan-text.ts'
import { planUp } from '../../src/planner/plan-up.ts'
import { planUpBuilds } from '../../src/planner/plan-up-builds.ts'
import { containerBuilds } from '../../src/planner/up/container-builds.ts'
import type { UpOptions } from '../../src/planner/up/up-options.ts'
import { applyPlan } from '../support/apply-plan.ts'
import { aBuildConfig } from '../support/build-config.ts'
import { aDependency, anObservedState, aProject, aService, sha256Hex } from '../support/model-builders.ts'

function built(name: string, changes: Partial<BuildConfig> = {}, rest: Partial<Service> = {}): Service {
  return aService(name, { image: `shop-${name}`, build: aBuildConfig(changes), ...rest })
}

interface Case {
  readonly services: readonly Service[]
  readonly observed?: ObservedState
  readonly options?: UpOptions
  readonly rebuild?: Project['rebuild']
}

function desiredOf({ services, rebuild }: Case) {
  return toDesiredState({ ...aProject(services), rebuild }, {}, sha256Hex)
}

function upPlan(wanted: Case) {
  return planUp(desiredOf(wanted), wanted.observed ?? anObservedState(), wanted.options)
}

function text(plan: ReturnType<typeof planUp>): readonly string[] {
  return planToText(plan).split('\n\n')[0]?.split('\n').filter(Boolean) ?? []
}

/** The lines of `up` as one plan. */
const up = (wanted: Case): readonly string[] => text(upPlan(wanted))

/** The lines of the builds that `up` begins with. */
const builds = (wanted: Case): readonly string[] =>
  text(planUpBuilds(desiredOf(wanted), wanted.observed ?? anObservedState(), wanted.options))

/** The snapshot after `up` of `services`. */
function upOf(services: readonly Service[]): ObservedState {
  return applyPlan(anObservedState(), upPlan({ services }))
}

const web = built('web')
const named = built('web', {}, { image: 'example.com/web:1' })

describe('planUpBuilds()', () => {
  test('builds what is not there', () => {
    expect(builds({ services: [web, built('api')] })).toEqual([
      '1  shop-api  build image  (not built)',
      '2  shop-web  build image  (not built)',
    ])
  })

  test('keeps an image that is there, whatever its sources', () => {
    const services = [web]
    const forecasts = new Map([['web', { isCurrent: false, cause: 'src/app.js changed' }]])
    expect(builds({ services, observed: upOf(services), options: { forecasts } })).toEqual(['Nothing to do'])
  })

  test('builds with --build, and with the policy that says so', () => {
    expect(builds({ services: [web], observed: upOf([web]), options: { build: 'always' } })).toEqual([
      '1  shop-web  build image  (--build)',
    ])
    const always = built('web', {}, { pullPolicy: { kind: 'build' } })
    expect(builds({ services: [always], observed: upOf([always]) })).toEqual([
      '1  shop-web  build image  (pull_policy: build)',
    ])
  })

  test('does not build what is known to be current', () => {
    const forecasts = new Map([['web', { isCurrent: true }]])
    const observed = upOf([web])
    expect(builds({ services: [web], observed, options: { build: 'always', forecasts } })).toEqual([
      'Nothing to do',
    ])
    expect(builds({ services: [web], options: { forecasts } })).toEqual([
      '1  shop-web  build image  (not built)',
    ])
  })

  test('builds changed sources again where the project wants that', () => {
    const services = [web, built('api'), built('lib')]
    const forecasts = new Map([
      ['web', { isCurrent: false, cause: 'src/app.js changed' }],
      ['api', { isCurrent: false }],
      ['lib', { isCurrent: true }],
    ])
    expect(
      builds({ services, observed: upOf(services), rebuild: 'changed', options: { forecasts } }),
    ).toEqual([
      '1  shop-api  build image  (sources changed)',
      '2  shop-web  build image  (sources changed: src/app.js changed)',
    ])
  })

  test('builds nothing with --no-build, and nothing twice', () => {
    for (const build of ['never', 'done'] as const) {
      expect(builds({ services: [web], options: { build } })).toEqual(['Nothing to do'])
    }
  })

  test('builds nothing for a service that has no replicas, unless it is told to', () => {
    const services = [built('web', {}, { replicas: 0 })]
    expect(builds({ services })).toEqual(['Nothing to do'])
    expect(builds({ services, options: { build: 'always' } })).toEqual([
      '1  shop-web  build image  (--build)',
    ])
  })

  test('builds from the images of services that are not selected', () => {
    const lib = built('lib', {}, { replicas: 0 })
    const app = built('app', { additionalContexts: new Map([['x', { kind: 'service', service: 'lib' }]]) })
    const desired = toDesiredState(aProject([lib, app]), { services: ['app'] }, sha256Hex)
    expect(text(planUpBuilds(desired, anObservedState()))).toEqual([
      '1  shop-lib  build image  (needed by app)',
      '2  shop-app  build image  (not built)      <- 1',
    ])
  })

  test('asks a registry first only where a policy is given and the file names the image', () => {
    const policy = (kind: 'missing' | 'always' | 'never', base = named) => ({ ...base, pullPolicy: { kind } })
    const line = (service: Service) => builds({ services: [service] })
    expect(line(named)).toEqual(['1  example.com/web:1  build image  (not built)'])
    expect(line(policy('missing'))).toEqual(['1  example.com/web:1  fetch or build image  (not found)'])
    expect(line(policy('always'))).toEqual(['1  example.com/web:1  fetch or build image  (not found)'])
    expect(line(policy('never'))).toEqual(['1  example.com/web:1  build image  (not built)'])
    expect(line(policy('always', web))).toEqual(['1  shop-web  build image  (not built)'])
    expect(builds({ services: [named], options: { pull: { kind: 'missing' } } })).toEqual([
      '1  example.com/web:1  fetch or build image  (not found)',
    ])
  })

  test('asks a registry again where the policy wants that, and builds only if it has nothing', () => {
    const always = { ...named, pullPolicy: { kind: 'always' } as const }
    const plan = planUpBuilds(desiredOf({ services: [always] }), upOf([always]))
    expect(text(plan)).toEqual(['1  example.com/web:1  fetch or build image  (pull policy "always")'])
    expect(plan.steps[0]?.action).toMatchObject({ kind: 'build-image', fetchFirst: 'always' })
    expect(imagesToAsk(desiredOf({ services: [always] }), upOf([always]), {})).toEqual([])
  })

  test('builds for the platform of the containers alone', () => {
    const platforms = [parsePlatform('linux/arm64'), parsePlatform('linux/amd64')]
    const services = [built('web', { platforms }, { platform: parsePlatform('linux/amd64') })]
    const [step] = planUpBuilds(desiredOf({ services }), anObservedState()).steps
    expect(step?.action).toMatchObject({ build: { platform: 'linux/amd64', config: { platforms: [] } } })
  })
})

test('containerBuilds() has the builds of the selected services, and of what they are made from', () => {
  const app = built('app', { additionalContexts: new Map([['x', { kind: 'service', service: 'lib' }]]) })
  const project = aProject([app, built('lib'), built('other'), aService('db')])
  const found = containerBuilds(toDesiredState(project, { services: ['app'] }, sha256Hex), {
    overrides: { noCache: true },
  })
  expect([...found].map(([name, { image, config }]) => [name, image, config.noCache])).toEqual([
    ['app', 'shop-app', true],
    ['lib', 'shop-lib', true],
  ])
})

describe('planUp() of what is built', () => {
  test('builds before anything is created', () => {
    const services = [web, aService('db', { image: 'oci:db' })]
    expect(up({ services })).toEqual([
      '1  shop-web  build image       (not built)',
      '2  oci:db    fetch image       (not found)',
      '3  default   create network    (not found)  <- 1 2',
      '4  db-1      create container  (not found)  <- 3',
      '5  web-1     create container  (not found)  <- 3',
      '6  db-1      start container   (new)        <- 4',
      '7  web-1     start container   (new)        <- 5',
    ])
  })

  test('recreates the containers of an image that is built again', () => {
    expect(up({ services: [web], observed: upOf([web]), options: { build: 'always' } })).toEqual([
      '1  shop-web  build image       (--build)',
      '2  web-1     create container  (image is built again)  <- 1',
      '3  web-1     stop container    (replaced)              <- 2',
      '4  web-1     remove container  (replaced)              <- 3',
      '5  web-1     start container   (recreated)             <- 2 4',
    ])
  })

  test('keeps them with --no-recreate', () => {
    const options = { build: 'always', noRecreate: true } as const
    expect(up({ services: [web], observed: upOf([web]), options })).toEqual([
      '1  shop-web  build image  (--build)',
    ])
  })

  test('recreates, after the builds were done, what has another image now, and nothing else', () => {
    const services = [web, built('api')]
    const before = upOf(services)
    const first = planUpBuilds(desiredOf({ services: [web] }), before, { build: 'always' })
    const observed = applyPlan(before, first)
    expect(up({ services, observed, options: { build: 'done' } })).toEqual([
      '1  web-1  create container  (image changed)',
      '2  web-1  stop container    (replaced)       <- 1',
      '3  web-1  remove container  (replaced)       <- 2',
      '4  web-1  start container   (recreated)      <- 1 3',
    ])
  })

  test('builds no image of a container that runs: how it is built is no part of it', () => {
    const observed = upOf([web])
    expect(up({ services: [built('web', { target: 'other' })], observed })).toEqual([
      'Nothing to do: 1 container is up to date',
    ])
  })

  test('waits with a service that runs the image of another for its build', () => {
    const worker = aService('worker', { image: 'shop-web', dependsOn: [aDependency('web')] })
    expect(up({ services: [worker, web] }).slice(0, 2)).toEqual([
      '1  shop-web  build image       (not built)',
      '2  default   create network    (not found)  <- 1',
    ])
  })

  test('builds what only a service that is not selected builds', () => {
    const worker = aService('worker', { image: 'shop-web' })
    const desired = toDesiredState(aProject([worker, web]), { services: ['worker'] }, sha256Hex)
    expect(text(planUp(desired, anObservedState())).slice(0, 3)).toEqual([
      '1  shop-web  build image       (not built)',
      '2  default   create network    (not found)  <- 1',
      '3  worker-1  create container  (not found)  <- 2',
    ])
  })

  test('refuses to make containers of what may not be built', () => {
    const plan = upPlan({
      services: [web],
      observed: anObservedState({ images: new Map([['shop-web', { kind: 'absent' }]]) }),
      options: { build: 'never' },
    })
    expect(plan.steps.map(({ action }) => action.kind)).not.toContain('fetch-image')
    expect(plan.warnings).toEqual([
      'Image shop-web is not on this machine, and it may not be built now: "up" refuses this plan',
    ])
  })

  test('fetches what may not be built and has a name', () => {
    expect(up({ services: [named], options: { build: 'never' } })[0]).toBe(
      '1  example.com/web:1  fetch image       (not found)',
    )
  })

  test('keeps how an image is built out of the containers that it shows', () => {
    const { steps } = planToJson(upPlan({ services: [web] }))
    const container = JSON.stringify(steps.find(({ cause }) => cause === 'not found' && cause)?.action)
    expect(container).not.toContain('"build"')
    expect(JSON.stringify(steps[0]?.action)).toContain('"dockerfile":{"kind":"file","path":"Dockerfile"}')
  })

  test('asks no registry for an image that was built long ago', () => {
    const daily = { ...named, pullPolicy: { kind: 'refresh', after: millisOf(1) } as const }
    expect(imagesToAsk(desiredOf({ services: [daily] }), upOf([daily]), { now: 10 })).toEqual([])
  })
})

describe('other plans of what is built', () => {
  test('planPull() fetches what is built only if the file names it', () => {
    const services = [
      web,
      { ...named, name: 'api' },
      built('lib', {}, { image: 'lib', pullPolicy: { kind: 'build' } }),
    ]
    const plan = planPull(desiredOf({ services }), anObservedState(), {})
    expect(text(plan)).toEqual(['1  example.com/web:1  fetch image  (not found)'])
    expect(plan.keptImages).toEqual([
      { label: 'lib', reason: 'built' },
      { label: 'shop-web', reason: 'built' },
    ])
    const none = planPull(desiredOf({ services }), anObservedState(), { ignoreBuildable: true })
    expect(none.steps).toEqual([])
  })

  test('planPush() pushes what is built under all of its names, if the file names it', () => {
    const tagged = built('api', { tags: ['example.com/api:2'] }, { image: 'example.com/api:1' })
    const desired = desiredOf({ services: [web, tagged, aService('db', { image: 'redis:7' })] })
    const plan = planPush(desired)
    expect(text(plan)).toEqual([
      '1  example.com/api:1  push image  (push)',
      '2  example.com/api:2  push image  (push)',
      '3  redis:7            push image  (push)',
    ])
    expect(plan.warnings).toHaveLength(1)
    expect(planPush(desired, { builtOnly: true }).steps).toHaveLength(2)
  })
})
