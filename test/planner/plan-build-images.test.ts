import { describe, expect, test } from 'vitest'
import { servicePath } from '../../src/base/model-path.ts'
import type { BuildConfig } from '../../src/model/build.ts'
import type { Service } from '../../src/model/service.ts'
import { type Selection, toDesiredState } from '../../src/planner/desired-state.ts'
import { type BuildImagesOptions, planBuildImages } from '../../src/planner/plan-build-images.ts'
import { planToText } from '../../src/planner/plan-text.ts'
import { aBuildConfig } from '../support/build-config.ts'
import { aDependency, aProject, aService, sha256Hex } from '../support/model-builders.ts'

interface Case {
  readonly services: readonly Service[]
  readonly selection?: Selection
  readonly options?: BuildImagesOptions
}

function planOf({ services, selection = {}, options = {} }: Case) {
  return planBuildImages(toDesiredState(aProject(services), selection, sha256Hex), options)
}

function linesOf(wanted: Case): readonly string[] {
  return planToText(planOf(wanted)).split('\n\n')[0]?.split('\n').filter(Boolean) ?? []
}

/** A service whose image is `shop-NAME`. */
function built(name: string, changes: Partial<BuildConfig> = {}, rest: Partial<Service> = {}): Service {
  return aService(name, { image: `shop-${name}`, build: aBuildConfig(changes), ...rest })
}

function from(service: string): Pick<BuildConfig, 'additionalContexts'> {
  return { additionalContexts: new Map([['base', { kind: 'service', service }]]) }
}

describe('planBuildImages()', () => {
  test('builds what is built, and nothing else', () => {
    const services = [built('web'), aService('db', { image: 'redis:7' }), built('api')]
    expect(linesOf({ services })).toEqual([
      '1  shop-api  build image  (build)',
      '2  shop-web  build image  (build)',
    ])
    expect(linesOf({ services: [aService('db')] })).toEqual(['Nothing to do'])
  })

  test('says where the file has the build', () => {
    expect(planOf({ services: [built('web')] }).steps[0]?.origin).toBe(servicePath('web', 'build'))
  })

  test('builds the image of a context first, selected or not', () => {
    const services = [built('app', from('lib')), built('lib', from('root')), built('root'), built('zoo')]
    expect(linesOf({ services, selection: { services: ['app'], noDeps: true } })).toEqual([
      '1  shop-root  build image  (needed by lib)',
      '2  shop-lib   build image  (needed by app)  <- 1',
      '3  shop-app   build image  (build)          <- 2',
    ])
  })

  test('builds first what a Dockerfile starts from, by any of its names', () => {
    const services = [
      built('app'),
      built('lib', { tags: ['example.com/lib:1'] }),
      built('root', {}, { image: 'docker.io/library/root:latest' }),
    ]
    const dockerfileImages = new Map([
      ['app', ['alpine', 'example.com/lib:1']],
      ['lib', ['root']],
      ['root', ['alpine', 'shop-root']],
    ])
    expect(linesOf({ services, options: { dockerfileImages } })).toEqual([
      '1  docker.io/library/root:latest  build image  (build)',
      '2  shop-lib                       build image  (build)  <- 1',
      '3  shop-app                       build image  (build)  <- 2',
    ])
  })

  test('puts images behind those that their service depends on, unless its Dockerfile is known', () => {
    const services = [
      built('a', {}, { dependsOn: [aDependency('b')] }),
      built('b'),
      built('c', {}, { dependsOn: [aDependency('d')] }),
      built('d'),
    ]
    expect(linesOf({ services, options: { dockerfileImages: new Map([['c', []]]) } })).toEqual([
      '1  shop-b  build image  (build)',
      '2  shop-a  build image  (build)  <- 1',
      '3  shop-c  build image  (build)',
      '4  shop-d  build image  (build)',
    ])
  })

  test('builds from an image before it minds who depends on whom', () => {
    const services = [
      built('a', {}, { dependsOn: [aDependency('b')] }),
      built('b', {}, { dependsOn: [aDependency('c')] }),
      built('c', from('a')),
    ]
    expect(linesOf({ services })).toEqual([
      '1  shop-a  build image  (build)',
      '2  shop-c  build image  (build)  <- 1',
      '3  shop-b  build image  (build)  <- 2',
    ])
  })

  test('builds an image once for services that share it and its build', () => {
    const inline = (name: string): BuildConfig['dockerfile'] => ({
      kind: 'inline',
      text: 'FROM a',
      origin: servicePath(name, 'build', 'dockerfile_inline'),
      span: { file: name, line: 1, column: 1, endLine: 1, endColumn: 2 },
      lines: new Map(),
    })
    const services = ['a', 'b'].map(name => built(name, { dockerfile: inline(name) }, { image: 'app' }))
    const plan = planOf({ services: [...services, built('c', from('b'))] })
    expect(plan.warnings).toEqual([])
    expect(planToText(plan).split('\n').slice(0, 2)).toEqual([
      '1  app     build image  (build)',
      '2  shop-c  build image  (build)  <- 1',
    ])
  })

  test('builds an image that is built in two ways twice, one behind the other, and says so', () => {
    const services = [built('a', {}, { image: 'app' }), built('b', { target: 't' }, { image: 'app' })]
    expect(linesOf({ services })).toEqual([
      '1  app  build image  (build)',
      '2  app  build image  (build)  <- 1',
    ])
    expect(planOf({ services }).warnings).toEqual([
      'Services a and b build image app in different ways: the last counts',
    ])
  })

  test('adds what the command line says', () => {
    const key = { id: 'k', paths: [] }
    const services = [built('web', { args: new Map([['A', '1']]), ssh: [{ id: 'default', paths: [] }, key] })]
    const overrides = {
      args: new Map([
        ['A', '2'],
        ['B', '3'],
      ]),
      noCache: true,
      pull: true,
      ssh: [{ id: 'default', paths: [] }],
    }
    const [step] = planOf({ services, options: { overrides } }).steps
    expect(step?.action.kind === 'build-image' && step.action.build).toMatchObject({
      service: 'web',
      image: 'shop-web',
      config: {
        args: new Map([
          ['A', '2'],
          ['B', '3'],
        ]),
        noCache: true,
        pull: true,
        ssh: [key, { id: 'default', paths: [] }],
        labels: new Map([
          ['com.docker.compose.project', 'shop'],
          ['com.docker.compose.service', 'web'],
        ]),
      },
    })
  })

  test('pushes with --push what the file names, under each name, behind its build', () => {
    const services = [
      built('web', { tags: ['example.com/web:2', 'example.com/web:1'] }, { image: 'example.com/web:1' }),
      built('lib'),
    ]
    const plan = planOf({ services, options: { push: true } })
    expect(planToText(plan).split('\n').slice(0, 4)).toEqual([
      '1  shop-lib           build image  (build)',
      '2  example.com/web:1  build image  (build)',
      '3  example.com/web:1  push image   (--push)  <- 2',
      '4  example.com/web:2  push image   (--push)  <- 2',
    ])
    expect(plan.warnings).toEqual([
      'The image of service lib is not pushed: the file does not name it; to push it, add "image" with its name in a registry',
    ])
  })
})
