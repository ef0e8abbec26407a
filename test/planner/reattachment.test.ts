import { describe, expect, test } from 'vitest'
import type { NetworkAttachment } from '../../src/model/network.ts'
import type { ObservedContainer, ObservedState } from '../../src/model/observed-state.ts'
import type { Project } from '../../src/model/project.ts'
import type { Service } from '../../src/model/service.ts'
import { toDesiredState } from '../../src/planner/desired-state.ts'
import { planToJson } from '../../src/planner/plan-json.ts'
import { planToText } from '../../src/planner/plan-text.ts'
import { planUp } from '../../src/planner/plan-up.ts'
import type { UpOptions } from '../../src/planner/up/up-options.ts'
import { applyPlan, imageIdOf } from '../support/apply-plan.ts'
import {
  aDependency,
  aNetwork,
  anAttachment,
  anObservedState,
  aProject,
  aService,
  sha256Hex,
} from '../support/model-builders.ts'

const NOTHING = anObservedState({
  images: new Map([['rootfs:/', { kind: 'present', id: imageIdOf('rootfs:/'), unpacked: true }]]),
})

type Wanted = readonly (string | NetworkAttachment)[]

function on(...networks: Wanted): Pick<Service, 'networkMode'> {
  const attachments = networks.map(each => (typeof each === 'string' ? anAttachment(each) : each))
  return { networkMode: { kind: 'networks', attachments } }
}

function projectOf(...services: readonly Service[]): Project {
  const networks = new Map(['front', 'back'].map(key => [key, aNetwork(key)]))
  return { ...aProject(services), networks }
}

function planOf(project: Project, observed: ObservedState, options: UpOptions = {}) {
  return planUp(toDesiredState(project, { allResources: true }, sha256Hex), observed, options)
}

function linesOf(project: Project, observed: ObservedState, options: UpOptions = {}): readonly string[] {
  const text = planToText(planOf(project, observed, options)).split('\n\n')[0] ?? ''
  return text.split('\n').filter(Boolean)
}

/** Returns the snapshot after `up` of `project`, with `change` to its containers. */
function upOf(project: Project, change: Partial<ObservedContainer> = {}): ObservedState {
  const observed = applyPlan(NOTHING, planOf(project, NOTHING))
  return { ...observed, containers: observed.containers.map(container => ({ ...container, ...change })) }
}

const OLD = projectOf(aService('web', on('front')))

describe('planUp() of a running service with other networks', () => {
  test('connects and disconnects its containers, and nothing else', () => {
    const observed = upOf(OLD)
    expect(linesOf(projectOf(aService('web', on('front', 'back'))), observed)).toEqual([
      '1  web-1  connect to back  (networks.back was added)',
    ])
    expect(linesOf(projectOf(aService('web', on('back'))), observed)).toEqual([
      '1  web-1  disconnect from front  (networks.front was removed)',
      '2  web-1  connect to back        (networks.back was added)     <- 1',
    ])
    const both = upOf(projectOf(aService('web', on('front', 'back'))))
    const plan = planOf(OLD, both)
    expect(linesOf(OLD, both)).toEqual(['1  web-1  disconnect from back  (networks.back was removed)'])
    expect(planToJson(plan).steps[0]?.action).toMatchObject({
      kind: 'reattach-container',
      disconnect: ['back'],
      connect: [],
      container: { name: 'shop-web-1', networkNames: { front: 'shop_front' } },
    })
    expect(plan.changes).toMatchObject([{ kind: 'reattach-service', cause: 'networks.back was removed' }])
    expect(plan.unchanged).toEqual([])
  })

  test('has nothing to do in a snapshot to which its own plan was applied', () => {
    const next = projectOf(aService('web', on('back')))
    const observed = upOf(OLD)
    expect(linesOf(next, applyPlan(observed, planOf(next, observed)))).toEqual([
      'Nothing to do: 1 container is up to date',
    ])
  })

  test('gives other names and routes without touching an interface', () => {
    for (const changed of [{ aliases: ['shop'] }, { gatewayPriority: 3 }]) {
      const next = projectOf(aService('web', on(anAttachment('front', changed))))
      expect(linesOf(next, upOf(OLD))).toEqual([
        '1  web-1  update names and routes  (networks.front changed)',
      ])
    }
  })

  test('makes an interface anew for an address that it does not have, and keeps one that it has', () => {
    const wants = (ipv4Address: string) =>
      projectOf(aService('web', on(anAttachment('front', { ipv4Address }))))
    expect(linesOf(wants('172.18.0.9'), upOf(OLD))).toEqual([
      '1  web-1  disconnect from front  (networks.front changed)',
      '2  web-1  connect to front       (networks.front changed)  <- 1',
    ])
    expect(linesOf(wants('172.18.0.2'), upOf(OLD))).toEqual([
      '1  web-1  update names and routes  (networks.front changed)',
    ])
  })

  test('frees the address of one container before another takes it', () => {
    const fixed = (ipv4Address: string) => on(anAttachment('front', { ipv4Address }))
    const old = projectOf(aService('a', on('front')), aService('b', on('front')))
    const next = projectOf(aService('a', on('back')), aService('b', fixed('172.18.0.7')))
    expect(linesOf(next, upOf(old)).at(-1)).toBe(
      '4  b-1  connect to front       (networks.front changed)      <- 1 2',
    )
  })

  test('starts what depends on it behind it', () => {
    const app = aService('app', { ...on('back'), dependsOn: [aDependency('web')] })
    expect(linesOf(projectOf(aService('web', on('front', 'back')), app), upOf(OLD))).toEqual([
      '1  web-1  connect to back   (networks.back was added)',
      '2  app-1  create container  (not found)',
      '3  app-1  start container   (new)                      <- 1 2',
    ])
  })

  test.each<readonly [string, Service, Partial<ObservedContainer>]>([
    ['something else of it changed', aService('web', { ...on('back'), command: ['serve'] }), {}],
    ['it shares a network from then on', aService('web', { networkMode: { kind: 'host' } }), {}],
    ['it is to have no network', aService('web', { networkMode: { kind: 'none' } }), {}],
    [
      'its interfaces have settings of the process',
      aService('web', { ...on('back'), sysctls: new Map([['net.ipv4.conf.eth0.rp_filter', '1']]) }),
      {},
    ],
    ['the order of its interfaces changed', aService('web', on(anAttachment('front', { priority: 9 }))), {}],
    ['it does not run', aService('web', on('back')), { state: { kind: 'created' } }],
    ['nothing is known of what it has', aService('web', on('back')), { networks: [] }],
  ])('recreates it where %s', (_, service, change) => {
    const kinds = planOf(projectOf(service), upOf(OLD, change)).steps.map(({ action }) => action.kind)
    expect(kinds).toContain('create-container')
    expect(kinds).not.toContain('reattach-container')
  })

  test('recreates it where an interface that stays has the name that another is to have', () => {
    const next = projectOf(aService('web', on('front', anAttachment('back', { interfaceName: 'eth0' }))))
    const networks = [{ network: 'front', ipv4Address: '172.18.0.2', interfaceName: 'eth0' }]
    expect(linesOf(next, upOf(OLD, { networks }))[0]).toContain('create container')
  })

  test('recreates it where that is asked for, and leaves it alone where that is', () => {
    const next = projectOf(aService('web', on('back')))
    expect(linesOf(next, upOf(OLD), { forceRecreate: true })[0]).toContain('create container')
    expect(linesOf(next, upOf(OLD), { noRecreate: true })).toEqual([
      'Nothing to do: 1 container is up to date',
    ])
  })

  test('completes a change that was cut short, whatever the file says by then', () => {
    const observed = upOf(OLD, { isReattaching: true })
    const cause = 'its networks were not changed to the end'
    expect(linesOf(OLD, observed)).toEqual([
      `1  web-1  disconnect from front  (${cause})`,
      `2  web-1  connect to front       (${cause})  <- 1`,
    ])
    expect(linesOf(OLD, upOf(OLD, { isReattaching: true, networks: [] }))).toEqual([
      '1  web-1  connect to front  (not attached to network front)',
    ])
  })
})

describe('planUp() of a network that changes', () => {
  const changed = (project: Project): Project => ({
    ...project,
    networks: new Map([...project.networks, ['front', aNetwork('front', { internal: true })]]),
  })

  test('takes containers off it and puts them back while they run', () => {
    const project = projectOf(
      aService('web', { ...on('front', 'back'), dependsOn: [aDependency('db')] }),
      aService('db', on('front')),
    )
    expect(linesOf(changed(project), upOf(project))).toEqual([
      '1  db-1   disconnect from front  (network front changed)',
      '2  web-1  disconnect from front  (network front changed)',
      '3  front  remove network         (configuration changed: internal)  <- 1 2',
      '4  front  create network         (configuration changed: internal)  <- 3',
      '5  db-1   connect to front       (network front changed)            <- 1 4',
      '6  web-1  connect to front       (network front changed)            <- 2 4',
    ])
  })

  test('leaves those alone that run in the namespace of such a container, and takes others along that are not selected', () => {
    const sidecar = aService('sidecar', { networkMode: { kind: 'service', service: 'web' } })
    const project = projectOf(aService('web', on('front')), sidecar, aService('db', on('front')))
    const desired = toDesiredState(changed(project), { services: ['db'] }, sha256Hex)
    const names = planUp(desired, upOf(project)).steps.flatMap(({ action }) =>
      'name' in action ? [`${action.kind} ${action.name}`] : [],
    )
    expect(names).toEqual([
      'disconnect-container shop-db-1',
      'disconnect-container shop-web-1',
      'remove-network shop_front',
      'reattach-container shop-db-1',
      'reattach-container shop-web-1',
    ])
  })
})
