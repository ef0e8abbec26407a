import { describe, expect, test } from 'vitest'
import { millisOf } from '../../src/base/millis.ts'
import type { ObservedContainer, ObservedState } from '../../src/model/observed-state.ts'
import type { Project } from '../../src/model/project.ts'
import { type Selection, toDesiredState } from '../../src/planner/desired-state.ts'
import { planToText } from '../../src/planner/plan-text.ts'
import { planUp } from '../../src/planner/plan-up.ts'
import type { UpOptions } from '../../src/planner/up/up-options.ts'
import { applyPlan, imageIdOf } from '../support/apply-plan.ts'
import {
  aDependency,
  aNetwork,
  anObservedState,
  aPort,
  aProject,
  aService,
  aVolume,
  aVolumeMount,
  sha256Hex,
} from '../support/model-builders.ts'

interface Case {
  readonly project: Project
  readonly observed?: ObservedState
  readonly selection?: Selection
  readonly options?: UpOptions
}

const NOTHING = anObservedState({
  images: new Map([['rootfs:/', { kind: 'present', id: imageIdOf('rootfs:/'), unpacked: true }]]),
})

function planOf({ project, observed = NOTHING, selection = {}, options = {} }: Case) {
  return planUp(toDesiredState(project, selection, sha256Hex), observed, options)
}

/** Returns the lines of the plan, without the summary. */
function linesOf(wanted: Case): readonly string[] {
  return planToText(planOf(wanted)).split('\n\n')[0]?.split('\n').filter(Boolean) ?? []
}

/** Returns the snapshot after `up` of `project`. */
function upOf(project: Project, observed = NOTHING): ObservedState {
  return applyPlan(observed, planOf({ project, observed }))
}

function withContainers(
  observed: ObservedState,
  change: (container: ObservedContainer) => Partial<ObservedContainer>,
): ObservedState {
  return {
    ...observed,
    containers: observed.containers.map(container => ({ ...container, ...change(container) })),
  }
}

const port80 = aPort(80)
const db = aService('db', { image: 'oci:db', mounts: [aVolumeMount('data')] })
const web = aService('web', { dependsOn: [aDependency('db', { condition: 'service_healthy' })] })
const shop = aProject([web, db], { volumes: [aVolume('data')] })
const one = aProject([aService('web')])
/** Its interfaces have settings that are written when the process starts, so their networks need a new start. */
const BOUND = { sysctls: new Map([['net.ipv4.conf.all.rp_filter', '1']]) }

describe('planUp() of what does not exist', () => {
  test('creates everything first, then starts in dependency order', () => {
    expect(linesOf({ project: shop })).toEqual([
      '1  oci:db   fetch image         (not found)',
      '2  default  create network      (not found)      <- 1',
      '3  data     create volume       (not found)      <- 1',
      '4  db-1     create container    (not found)      <- 2 3',
      '5  web-1    create container    (not found)      <- 2',
      '6  db-1     start container     (new)            <- 4',
      '7  db       wait until healthy  (needed by web)  <- 6',
      '8  web-1    start container     (new)            <- 5 7',
    ])
  })

  test('fetches an image once, and one that is known but not unpacked too', () => {
    const project = aProject([aService('a', { image: 'oci:x' }), aService('b', { image: 'oci:x' })])
    const images = new Map([['oci:x', { kind: 'present', id: imageIdOf('oci:x'), unpacked: false } as const]])
    expect(linesOf({ project, observed: anObservedState({ images }) })).toEqual([
      '1  oci:x    fetch image       (not unpacked)',
      '2  default  create network    (not found)     <- 1',
      '3  a-1      create container  (not found)     <- 2',
      '4  b-1      create container  (not found)     <- 2',
      '5  a-1      start container   (new)           <- 3',
      '6  b-1      start container   (new)           <- 4',
    ])
  })

  test('shares a gate among those who wait for the same, and waits for the start alone where that is enough', () => {
    const healthy = aDependency('db', { condition: 'service_healthy' })
    const project = aProject([
      aService('db'),
      aService('api', { dependsOn: [healthy] }),
      aService('web', { dependsOn: [healthy, aDependency('api')] }),
    ])
    expect(linesOf({ project }).slice(4)).toEqual([
      '5  db-1     start container     (new)                 <- 2',
      '6  db       wait until healthy  (needed by api, web)  <- 5',
      '7  api-1    start container     (new)                 <- 3 6',
      '8  web-1    start container     (new)                 <- 4 7',
    ])
  })

  test('says where the condition of a gate is, in the first service that waits', () => {
    const dependsOn = [aDependency('db', { condition: 'service_healthy' })]
    const project = aProject([aService('db'), aService('web', { dependsOn }), aService('api', { dependsOn })])
    const gate = planOf({ project }).steps.find(({ action }) => action.kind === 'await-service')
    expect(gate?.origin).toBe('services.api.depends_on.db.condition')
  })

  test('waits for an optional dependency by a step that its failure does not block', () => {
    const project = aProject([
      aService('db'),
      aService('web', { dependsOn: [aDependency('db', { required: false })] }),
    ])
    const gate = planOf({ project }).steps.find(({ action }) => action.kind === 'await-service')
    expect(gate).toMatchObject({ action: { condition: 'service_started', required: false }, dependsOn: [4] })
  })

  test('creates a container behind the one whose network it shares', () => {
    const project = aProject([
      aService('app'),
      aService('sidecar', { networkMode: { kind: 'service', service: 'app' } }),
    ])
    expect(linesOf({ project }).slice(1)).toEqual([
      '2  app-1      create container  (not found)  <- 1',
      '3  sidecar-1  create container  (not found)  <- 2',
      '4  app-1      start container   (new)        <- 2',
      '5  sidecar-1  start container   (new)        <- 3 4',
    ])
  })

  test('starts nothing with noStart', () => {
    expect(linesOf({ project: one, options: { noStart: true } })).toEqual([
      '1  default  create network    (not found)',
      '2  web-1    create container  (not found)  <- 1',
    ])
  })

  test('neither creates external networks and volumes nor waits for them', () => {
    const project = aProject([aService('web', { mounts: [aVolumeMount('data')] })], {
      networks: [aNetwork('default', { external: true, name: 'shared' })],
      volumes: [aVolume('data', { external: true })],
    })
    expect(linesOf({ project })).toEqual([
      '1  web-1  create container  (not found)',
      '2  web-1  start container   (new)        <- 1',
    ])
  })
})

describe('planUp() of what runs already', () => {
  test('has nothing to do, and says for how many containers', () => {
    expect(planToText(planOf({ project: shop, observed: upOf(shop) }))).toBe(
      'Nothing to do: 2 containers are up to date\n',
    )
  })

  test('names what changed, makes the new container before the old one stops, and hands volumes over', () => {
    const project = aProject([aService('web', { command: ['serve'], environment: new Map([['A', '1']]) })])
    const observed = upOf(one)
    expect(linesOf({ project, observed })).toEqual([
      '1  web-1  create container  (configuration changed: command, environment)',
      '2  web-1  stop container    (replaced)                                     <- 1',
      '3  web-1  remove container  (replaced)                                     <- 2',
      '4  web-1  start container   (recreated)                                    <- 1 3',
    ])
    expect(planOf({ project, observed }).steps[0]?.action).toMatchObject({
      replaces: observed.containers[0]?.id,
    })
  })

  test('keeps the old container until what the new one waits for is there', () => {
    const project = aProject(
      [aService('web', { ...web, command: ['serve'] }), aService('db', { ...db, command: ['db'] })],
      { volumes: [aVolume('data')] },
    )
    expect(linesOf({ project, observed: upOf(shop) })).toEqual([
      '1  db-1   create container    (configuration changed: command)',
      '2  web-1  create container    (configuration changed: command)',
      '3  db-1   stop container      (replaced)                        <- 1',
      '4  db-1   remove container    (replaced)                        <- 3',
      '5  db-1   start container     (recreated)                       <- 1 4',
      '6  db     wait until healthy  (needed by web)                   <- 5',
      '7  web-1  stop container      (replaced)                        <- 2 6',
      '8  web-1  remove container    (replaced)                        <- 7',
      '9  web-1  start container     (recreated)                       <- 2 6 8',
    ])
  })

  test('restarts a dependent that asks for it around the recreation', () => {
    const restarting = aService('web', { dependsOn: [aDependency('db', { restart: true })] })
    const observed = upOf(aProject([restarting, aService('db')]))
    const project = aProject([restarting, aService('db', { command: ['db'] })])
    expect(linesOf({ project, observed })).toEqual([
      '1  db-1   create container  (configuration changed: command)',
      '2  web-1  stop container    (db is recreated)                 <- 1',
      '3  db-1   stop container    (replaced)                        <- 2',
      '4  db-1   remove container  (replaced)                        <- 3',
      '5  db-1   start container   (recreated)                       <- 2 4',
      '6  web-1  start container   (db is recreated)                 <- 5',
    ])
  })

  test('recreates a container that shares the network of a recreated one', () => {
    const sidecar = aService('sidecar', { networkMode: { kind: 'service', service: 'app' } })
    const observed = upOf(aProject([aService('app'), sidecar]))
    const project = aProject([aService('app', { command: ['run'] }), sidecar])
    expect(linesOf({ project, observed }).slice(0, 2)).toEqual([
      '1  app-1      create container  (configuration changed: command)',
      '2  sidecar-1  create container  (shares the network of app, which is recreated)  <- 1',
    ])
  })

  for (const [key, part] of [
    ['pid', 'PID namespace'],
    ['ipc', 'IPC namespace'],
    ['volumesFrom', 'volumes'],
  ] as const) {
    test(`recreates a container that shares the ${part} of a recreated one`, () => {
      const source = { kind: 'service', service: 'app' } as const
      const shared =
        key === 'volumesFrom' ? { volumesFrom: [{ source, readOnly: false }] } : { [key]: source }
      const sidecar = aService('sidecar', shared)
      const observed = upOf(aProject([aService('app'), sidecar]))
      const project = aProject([aService('app', { command: ['run'] }), sidecar])
      expect(linesOf({ project, observed }).slice(0, 2)).toEqual([
        '1  app-1      create container  (configuration changed: command)',
        `2  sidecar-1  create container  (shares the ${part} of app, which is recreated)  <- 1`,
      ])
    })
  }

  test('restarts a container that shares the network of one that has to be started', () => {
    const sidecar = aService('sidecar', { networkMode: { kind: 'service', service: 'app' } })
    const project = aProject([aService('app'), sidecar])
    const observed = withContainers(upOf(project), ({ service }) =>
      service === 'app' ? { state: { kind: 'exited', exitCode: 1, finishedAt: 1, outOfMemory: false } } : {},
    )
    expect(linesOf({ project, observed })).toEqual([
      '1  sidecar-1  stop container   (app is started)',
      '2  app-1      start container  (exited with code 1)  <- 1',
      '3  sidecar-1  start container  (app is started)      <- 2',
    ])
  })

  const reasons: ReadonlyArray<{
    readonly title: string
    readonly change: Partial<ObservedContainer>
    readonly options?: UpOptions
    readonly cause: string | undefined
  }> = [
    { title: 'another image id', change: { imageId: imageIdOf('older') }, cause: 'image changed' },
    { title: 'a missing network', change: { networks: [] }, cause: 'not attached to network default' },
    { title: 'force', change: {}, options: { forceRecreate: true }, cause: 'recreation forced' },
    {
      title: 'renewed anonymous volumes',
      change: {},
      options: { renewAnonymousVolumes: true },
      cause: 'anonymous volumes renewed',
    },
    {
      title: 'another hash',
      change: { configHash: 'old' },
      cause: 'configuration changed: names of networks or volumes',
    },
    {
      title: 'another hash if not allowed to',
      change: { configHash: 'old' },
      options: { noRecreate: true },
      cause: undefined,
    },
  ]
  for (const { title, change, options = {}, cause } of reasons) {
    test(`recreates ${cause === undefined ? 'nothing ' : ''}because of ${title}`, () => {
      const observed = withContainers(upOf(one), () => change)
      expect(planOf({ project: one, observed, options }).steps[0]?.cause).toBe(cause)
    })
  }

  const states: ReadonlyArray<{
    readonly state: ObservedContainer['state']
    readonly lines: readonly string[]
  }> = [
    { state: { kind: 'created' }, lines: ['1  web-1  start container  (not started yet)'] },
    {
      state: { kind: 'restarting', exitCode: 1, finishedAt: 1 },
      lines: ['Nothing to do: 1 container is up to date'],
    },
    {
      state: { kind: 'exited', exitCode: 137, finishedAt: 1, outOfMemory: false },
      lines: ['1  web-1  start container  (exited with code 137)'],
    },
    {
      state: { kind: 'exited', exitCode: undefined, finishedAt: undefined, outOfMemory: false },
      lines: ['1  web-1  start container  (its keeper ended)'],
    },
    {
      state: { kind: 'orphaned', pid: 7, startedAt: 1 },
      lines: [
        '1  web-1  stop container   (its keeper ended)',
        '2  web-1  start container  (its keeper ended)  <- 1',
      ],
    },
    {
      state: { kind: 'incomplete' },
      lines: [
        '1  web-1  create container  (its creation did not finish)',
        '2  web-1  remove container  (its creation did not finish)  <- 1',
        '3  web-1  start container   (new)                          <- 2',
      ],
    },
  ]
  for (const { state, lines } of states) {
    test(`treats a container that is ${state.kind} as such`, () => {
      expect(linesOf({ project: one, observed: withContainers(upOf(one), () => ({ state })) })).toEqual(lines)
    })
  }

  test('leaves a job alone that has completed', () => {
    const condition = 'service_completed_successfully'
    const project = aProject([
      aService('job'),
      aService('web', { dependsOn: [aDependency('job', { condition })] }),
    ])
    expect(linesOf({ project, observed: upOf(project) })).toEqual([
      'Nothing to do: 2 containers are up to date',
    ])
    expect(linesOf({ project, observed: upOf(project), options: { rerun: true } })).toEqual([
      '1  job-1  start container       (exited with code 0)',
      '2  job    wait until completed  (needed by web)       <- 1',
    ])
  })

  test('finishes a replacement that was cut short', () => {
    const project = aProject([aService('web', { command: ['serve'] })])
    const old = upOf(one)
    const observed = applyPlan(old, planOf({ project, observed: old }), 1)
    expect(linesOf({ project, observed })).toEqual([
      '1  web-1  stop container    (replaced)',
      '2  web-1  remove container  (replaced)         <- 1',
      '3  web-1  start container   (not started yet)  <- 2',
    ])
  })

  test('hands a host port over from one service to another', () => {
    const observed = withContainers(upOf(aProject([aService('old', { ports: [port80] })])), () => ({
      ports: [{ hostIp: '0.0.0.0', hostPort: 80, target: 80, protocol: 'tcp' }],
    }))
    const project = aProject([
      aService('new', { ports: [port80] }),
      aService('old', { dependsOn: [aDependency('new')] }),
    ])
    expect(linesOf({ project, observed })).toEqual([
      '1  new-1  create container  (not found)',
      '2  old-1  create container  (configuration changed: ports)',
      '3  old-1  stop container    (replaced)                      <- 2',
      '4  old-1  remove container  (replaced)                      <- 3',
      '5  new-1  start container   (new)                           <- 1 4',
      '6  old-1  start container   (recreated)                     <- 2 5',
    ])
  })

  test('lets a container be that holds the same host port on another address', () => {
    const old = aService('old', { ports: [aPort(80, { hostIp: '127.0.0.1' })] })
    const observed = withContainers(upOf(aProject([old])), () => ({
      ports: [{ hostIp: '127.0.0.1', hostPort: 80, target: 80, protocol: 'tcp' }],
    }))
    const project = aProject([
      aService('new', { ports: [aPort(80, { hostIp: '127.0.0.2' })] }),
      { ...old, workingDir: '/srv', dependsOn: [aDependency('new')] },
    ])
    expect(linesOf({ project, observed })).toEqual([
      '1  new-1  create container  (not found)',
      '2  old-1  create container  (configuration changed: working_dir)',
      '3  new-1  start container   (new)                                 <- 1',
      '4  old-1  stop container    (replaced)                            <- 2 3',
      '5  old-1  remove container  (replaced)                            <- 4',
      '6  old-1  start container   (recreated)                           <- 2 3 5',
    ])
  })

  test('passes the timeout on to every stop', () => {
    const options = { forceRecreate: true, timeout: millisOf(3000) }
    const stop = planOf({ project: one, observed: upOf(one), options }).steps[1]
    expect(stop?.action).toMatchObject({ kind: 'stop-container', grace: 3000 })
  })
})

describe('planUp() of another number of replicas', () => {
  const three = upOf(aProject([aService('web', { replicas: 3 })]))

  test('removes the highest numbers', () => {
    expect(linesOf({ project: one, observed: three, selection: { scale: new Map([['web', 2]]) } })).toEqual([
      '1  web-3  stop container    (scaled down to 2)',
      '2  web-3  remove container  (scaled down to 2)  <- 1',
    ])
  })

  test('removes what is out of date before what is not', () => {
    const observed = withContainers(three, ({ number }) => (number === 1 ? { configHash: 'old' } : {}))
    expect(linesOf({ project: one, observed, selection: { scale: new Map([['web', 2]]) } })[0]).toBe(
      '1  web-1  stop container    (scaled down to 2)',
    )
  })

  test('counts on from the highest number', () => {
    const observed = { ...three, containers: three.containers.filter(({ number }) => number === 3) }
    expect(linesOf({ project: one, observed, selection: { scale: new Map([['web', 2]]) } })).toEqual([
      '1  web-4  create container  (scaled up to 2)',
      '2  web-4  start container   (new)             <- 1',
    ])
  })
})

describe('planUp() of networks and volumes that differ', () => {
  test('stops the containers on a network that changes, dependents first, and starts them again', () => {
    const project = aProject([
      aService('web', { ...BOUND, dependsOn: [aDependency('db')] }),
      aService('db', BOUND),
    ])
    const changed = {
      ...project,
      networks: new Map([['default', aNetwork('default', { internal: true })]]),
    }
    expect(linesOf({ project: changed, observed: upOf(project) })).toEqual([
      '1  web-1    stop container   (network default changed)',
      '2  db-1     stop container   (network default changed)          <- 1',
      '3  default  remove network   (configuration changed: internal)  <- 2',
      '4  default  create network   (configuration changed: internal)  <- 3',
      '5  db-1     start container  (network default changed)          <- 2 4',
      '6  web-1    start container  (network default changed)          <- 1 5',
    ])
  })

  test('starts a container again whose service is not selected or not declared', () => {
    const old = aProject([aService('web', BOUND), aService('db', BOUND), aService('orphan', BOUND)])
    const project = {
      ...aProject([aService('web', BOUND), aService('db', BOUND)]),
      networks: new Map([['default', aNetwork('default', { internal: true })]]),
    }
    const lines = linesOf({ project, observed: upOf(old), selection: { services: ['db'] } })
    expect(lines.slice(-3)).toEqual([
      '6  db-1      start container  (network default changed)          <- 3 5',
      '7  orphan-1  start container  (network default changed)          <- 2 5',
      '8  web-1     start container  (network default changed)          <- 1 5',
    ])
  })

  test('starts containers of services that are not selected in dependency order too', () => {
    const project = aProject([
      aService('db', BOUND),
      aService('zone', BOUND),
      aService('app', { networkMode: { kind: 'service', service: 'zone' } }),
    ])
    const changed = {
      ...project,
      networks: new Map([['default', aNetwork('default', { internal: true })]]),
    }
    const lines = linesOf({ project: changed, observed: upOf(project), selection: { services: ['db'] } })
    expect(lines.slice(-2)).toEqual([
      '7  zone-1   start container  (network default changed)          <- 3 5',
      '8  app-1    start container  (network default changed)          <- 2 7',
    ])
  })

  test('makes a container whose configuration changed as well anew, and hands its volumes over', () => {
    const project = {
      ...aProject([aService('web', { command: ['serve'] })]),
      networks: new Map([['default', aNetwork('default', { internal: true })]]),
    }
    const observed = upOf(one)
    expect(linesOf({ project, observed })).toEqual([
      '1  web-1    stop container    (network default changed)',
      '2  default  remove network    (configuration changed: internal)  <- 1',
      '3  default  create network    (configuration changed: internal)  <- 2',
      '4  web-1    create container  (configuration changed: command)   <- 3',
      '5  web-1    remove container  (replaced)                         <- 1 4',
      '6  web-1    start container   (recreated)                        <- 5',
    ])
    expect(planOf({ project, observed }).steps[3]?.action).toMatchObject({
      replaces: observed.containers[0]?.id,
    })
  })

  test('takes those along that run in the namespace of a container that is stopped', () => {
    const sidecar = aService('sidecar', { networkMode: { kind: 'service', service: 'web' } })
    const project = aProject([aService('web', BOUND), sidecar])
    const changed = {
      ...project,
      networks: new Map([['default', aNetwork('default', { internal: true })]]),
    }
    expect(linesOf({ project: changed, observed: upOf(project) })).toEqual([
      '1  sidecar-1  stop container   (network default changed)',
      '2  web-1      stop container   (network default changed)          <- 1',
      '3  default    remove network   (configuration changed: internal)  <- 2',
      '4  default    create network   (configuration changed: internal)  <- 3',
      '5  web-1      start container  (network default changed)          <- 2 4',
      '6  sidecar-1  start container  (network default changed)          <- 1 5',
    ])
  })

  test('repairs a network that lost its objects, without containers that do not run', () => {
    const up = withContainers(upOf(one), () => ({
      state: { kind: 'exited', exitCode: undefined, finishedAt: undefined, outOfMemory: false },
    }))
    const networks = new Map([...up.networks].map(([key, network]) => [key, { ...network, intact: false }]))
    expect(linesOf({ project: one, observed: { ...up, networks } })).toEqual([
      '1  default  create network   (not intact)',
      '2  web-1    start container  (its keeper ended)  <- 1',
    ])
  })

  test('completes a volume whose making was cut short, whatever its configuration was', () => {
    const up = upOf(shop)
    const volumes = new Map(
      [...up.volumes].map(([key, volume]) => [key, { ...volume, configHash: 'other', intact: false }]),
    )
    const plan = planOf({ project: shop, observed: { ...up, volumes } })
    expect(planToText(plan)).toContain('1  data  create volume  (not intact)')
    expect(plan.warnings).toEqual([])
  })

  test('keeps a volume whose configuration changed and says so', () => {
    const project = {
      ...shop,
      volumes: new Map([['data', aVolume('data', { labels: new Map([['a', '1']]) })]]),
    }
    const plan = planOf({ project, observed: upOf(shop) })
    expect(plan.steps).toEqual([])
    expect(plan.warnings).toEqual([
      'Volume data keeps its old configuration and its data: the file has changed it, but shop_data exists; to recreate it, remove it with "down --volumes"',
    ])
  })

  test('creates a renamed volume beside the old one and recreates who mounts it', () => {
    const project = { ...shop, volumes: new Map([['data', aVolume('data', { name: 'other' })]]) }
    expect(linesOf({ project, observed: upOf(shop) }).slice(0, 2)).toEqual([
      '1  data  create volume       (renamed: shop_data and its data stay)',
      '2  db-1  create container    (configuration changed: names of networks or volumes)  <- 1',
    ])
  })
})

describe('planUp() of orphans', () => {
  const observed = upOf(aProject([aService('web'), aService('old')]))

  test('warns of them', () => {
    expect(planOf({ project: one, observed }).warnings).toEqual([
      'Found orphan containers (shop-old-1) for this project: they have ended, or the file does not declare their service; to remove them, add --remove-orphans',
    ])
  })

  test('removes them if asked to', () => {
    expect(linesOf({ project: one, observed, options: { removeOrphans: true } })).toEqual([
      '1  old-1  stop container    (not in the file)',
      '2  old-1  remove container  (not in the file)  <- 1',
    ])
  })

  test('does not take a service that a profile keeps off for one', () => {
    const project = { ...aProject([aService('web')]), disabledServices: ['old'] }
    expect(planOf({ project, observed, options: { removeOrphans: true } })).toMatchObject({
      steps: [],
      warnings: [],
    })
  })
})

describe('planUp() beside a dependent that runs', () => {
  const waiting = (env: string) =>
    aProject([
      aService('db', { environment: new Map([['R', env]]) }),
      aService('api', { dependsOn: [aDependency('db', { condition: 'service_healthy' })] }),
    ])

  test('waits for what is replaced, without starting the dependent again', () => {
    const lines = linesOf({ project: waiting('2'), observed: upOf(waiting('1')) })
    expect(lines.at(-1)).toMatch(/^5 {2}db {4}wait until healthy +\(needed by api\) +<- 4$/)
    expect(lines.some(line => line.includes('api-1'))).toBe(false)
  })

  test('waits for what has become unhealthy', () => {
    const up = upOf(waiting('1'))
    const containers = up.containers.map(one =>
      one.service === 'db' ? { ...one, health: 'unhealthy' as const } : one,
    )
    expect(linesOf({ project: waiting('1'), observed: { ...up, containers } })).toEqual([
      '1  db  wait until healthy  (needed by api)',
    ])
    expect(planOf({ project: waiting('1'), observed: up }).steps).toEqual([])
  })
})
