import { existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { parseAbsolutePath } from '../../../../src/base/absolute-path.ts'
import { TcomposeError } from '../../../../src/base/tcompose-error.ts'
import { temporaryName } from '../../../../src/disk/temporary-name.ts'
import type { StepEvent } from '../../../../src/engine/engine.ts'
import { applyProject } from '../../../../src/engine/local/apply/apply-project.ts'
import { knownImages } from '../../../../src/engine/local/image/known-images.ts'
import { containerLayout } from '../../../../src/engine/local/state/layout.ts'
import { readLiveRecord } from '../../../../src/engine/local/state/live-files.ts'
import { type ProjectRecord, readProjectRecord } from '../../../../src/engine/local/state/project-record.ts'
import { SystemCallError } from '../../../../src/linux/libc.ts'
import { dockerfileReader } from '../../../../src/local/dockerfile-reader.ts'
import type { Service } from '../../../../src/model/service.ts'
import type { Step } from '../../../../src/planner/plan.ts'
import { LaunchFailure } from '../../../../src/runtime/keeper/keeper-error.ts'
import { type ApplyScene, applyScene } from '../../../support/apply-scene.ts'
import { aContainerSpec } from '../../../support/container-input.ts'
import { aNetwork, aVolume } from '../../../support/model-builders.ts'
import { aPlan, aStart, aStep } from '../../../support/plan-builders.ts'

/** Carries `steps` out; `isKept` tells whether a keeper runs before. */
async function apply(scene: ApplyScene, steps: readonly Step[], isKept = true) {
  const events: StepEvent[] = []
  const programs = { keeper: '/keeper', supervisor: ['/supervisor'], filters: '/filters' }
  let kept = 0
  const { outcomes } = await applyProject(
    {
      ...{
        roots: scene.roots,
        images: knownImages(scene.roots),
        host: scene.host,
        programs,
        dockerfiles: dockerfileReader,
        plan: aPlan(steps),
      },
      options: {
        source: { workingDir: parseAbsolutePath('/srv/shop'), files: ['/srv/shop/compose.yaml'] },
        signal: new AbortController().signal,
        onEvent: event => events.push(event),
      },
      onKept: () => {
        kept += 1
      },
    },
    {
      network: scene.network,
      keepers: {
        connect: async () => (isKept ? scene.keeper : undefined),
        start: async () => {
          scene.keeper.asked.push('start')
          return scene.keeper
        },
        end: async () => undefined,
      },
    },
  )
  return {
    outcomes: new Map([...outcomes].map(([id, { kind }]) => [id, kind])),
    reports: outcomes,
    kept,
    warnings: events.flatMap(event => (event.kind === 'warning' ? [event.message] : [])),
    record: readProjectRecord(scene.context.layout.record, scene.context.project),
  }
}

/** Steps of an `up` of one service on one network. */
function up(scene: ApplyScene, config: Partial<Service> = {}): readonly Step[] {
  const spec = aContainerSpec({ image: `rootfs:${scene.image}`, ...config })
  const networkNames = new Map([['default', 'shop_default']])
  const volumeNames = new Map([['data', 'shop_data']])
  const container = { ...spec, networkNames, volumeNames }
  return [
    aStep(1, { kind: 'create-network', network: aNetwork('default'), configHash: 'n' }),
    aStep(2, { kind: 'create-volume', volume: aVolume('data'), configHash: 'v' }),
    { ...aStep(3, { kind: 'create-container', container, replaces: undefined }), dependsOn: [1, 2] },
    { ...aStart(4, 'web'), dependsOn: [3] },
  ]
}

/** Steps of a `down` of what `up` made. */
function down(scene: ApplyScene): readonly Step[] {
  const [id] = [...readProjectRecord(scene.context.layout.record, scene.context.project).containers.keys()]
  if (id === undefined) throw new Error('Cannot take down: there is no container')
  const name = 'shop-web-1'
  return [
    aStep(1, { kind: 'stop-container', id, name, grace: undefined }),
    { ...aStep(2, { kind: 'remove-container', id, name, anonymousVolumes: false }), dependsOn: [1] },
    { ...aStep(3, { kind: 'remove-network', key: 'default', name: 'shop_default' }), dependsOn: [2] },
  ]
}

/** Has the kernel delete no interface of a container. */
function refuseInterfacesOf(scene: ApplyScene, made: ProjectRecord): void {
  for (const id of made.containers.keys()) {
    const { live } = containerLayout(scene.roots, scene.context.project, id)
    for (const { hostInterface } of readLiveRecord(live)?.endpoints ?? [])
      scene.network.kept.set(hostInterface, new SystemCallError('netlink', 16, `delete ${hostInterface}`))
  }
}

const ALL_DONE = ['done', 'done', 'done', 'done']

test('applyProject() makes, starts and supervises what a plan says, and writes it down', async () => {
  await using scene = applyScene()
  const { outcomes, kept, record } = await apply(scene, up(scene), false)
  expect([...outcomes.values()]).toEqual(ALL_DONE)
  expect(kept).toBe(1)
  expect(scene.keeper.asked[0]).toBe('start')
  expect(scene.keeper.asked.slice(-3)).toEqual([expect.stringMatching(/^launch /), 'supervise', 'close'])
  expect(scene.keeper.supervised?.map(({ op }) => (op.op === 'exec' ? op.argv : op.op))).toEqual([
    ['/supervisor', '--data', scene.roots.data, '--run', scene.roots.run, '--project', 'shop'],
  ])
  expect(record).toMatchObject({ workingDir: '/srv/shop', files: ['/srv/shop/compose.yaml'] })
  expect([...record.networks.values(), ...record.volumes.values()].map(({ phase }) => phase)).toEqual([
    'created',
    'created',
  ])
  expect([...record.containers.values()].map(({ phase, spec }) => [phase, spec.name])).toEqual([
    ['created', 'shop-web-1'],
  ])
})

test('applyProject() supervises at once where a step waits for a service', async () => {
  await using scene = applyScene()
  const replicas = [{ service: 'web', number: 1 }]
  const waits = { kind: 'await-service', service: 'web', condition: 'service_started' } as const
  const wait = aStep(5, { ...waits, required: true, replicas })
  const { outcomes } = await apply(scene, [...up(scene), { ...wait, dependsOn: [4] }])
  expect([...outcomes.values()]).toEqual([...ALL_DONE, 'done'])
  expect(scene.keeper.asked.filter(asked => asked === 'supervise')).toHaveLength(1)
})

test('applyProject() starts nothing behind a step that failed, and supervises nothing', async () => {
  await using scene = applyScene()
  scene.keeper.launchFailure = new LaunchFailure({ index: -1, errno: 12, what: 'clone3' })
  const after = { ...aStep(5, { kind: 'restore-firewall' }), dependsOn: [4] }
  const { reports, record } = await apply(scene, [...up(scene), after])
  expect(reports.get(4)).toMatchObject({ kind: 'failed', error: { code: 'container-launch' } })
  expect(reports.get(5)).toEqual({ kind: 'skipped', blockedBy: 4 })
  expect(scene.keeper.asked).not.toContain('supervise')
  expect([...record.containers.values()].map(({ phase }) => phase)).toEqual(['created'])
})

test('applyProject() leaves nothing of a project that goes but its volumes', async () => {
  await using scene = applyScene()
  await apply(scene, up(scene))
  scene.network.asked.splice(0)
  const { outcomes, record } = await apply(scene, down(scene))
  expect([...outcomes.values()]).toEqual(['done', 'done', 'done'])
  expect([...record.containers, ...record.networks]).toEqual([])
  expect([...record.volumes.keys()]).toEqual(['data'])
  expect(scene.network.asked).toContain('firewall')
  expect(scene.network.asked.some(asked => /^remove .*br1$/.test(asked))).toBe(true)
  expect(scene.keeper.asked.slice(-2)).toEqual(['quit', 'close'])
  expect(readdirSync(scene.context.layout.runDir)).toEqual([])
})

test('applyProject() leaves what a whole project had to its keeper', async () => {
  await using scene = applyScene()
  scene.keeper.closesProjects = true
  await apply(scene, up(scene))
  scene.network.asked.splice(0)
  const [id = ''] = readProjectRecord(scene.context.layout.record, scene.context.project).containers.keys()
  const { outcomes, record } = await apply(scene, down(scene))
  expect([...outcomes.values()]).toEqual(['done', 'done', 'done'])
  expect([...record.containers, ...record.networks]).toEqual([])
  expect([...record.volumes.keys()]).toEqual(['data'])
  expect(scene.network.asked).toContainEqual(expect.stringMatching(/^remove elsewhere tcv\w+ br1$/))
  expect(scene.network.asked).toContain('firewall')
  expect(scene.keeper.asked.slice(-2)).toEqual(['close project with 2 folders', 'close'])
  expect(readdirSync(scene.context.layout.runDir)).toEqual([])
  expect(readdirSync(scene.context.layout.dataDir)).toEqual(['project.json'])
  const trash = join(scene.roots.data, 'trash')
  const [thrown = ''] = readdirSync(trash)
  expect(readdirSync(join(trash, thrown))).toEqual([id])
})

test('applyProject() removes each object by itself where the kernel refuses some to the keeper', async () => {
  await using scene = applyScene()
  scene.keeper.closesProjects = true
  const { record: made } = await apply(scene, up(scene))
  refuseInterfacesOf(scene, made)
  const { reports, record } = await apply(scene, down(scene))
  expect(reports.get(2)).toMatchObject({ kind: 'failed', error: { code: 'network' } })
  expect([...record.containers.values()].map(({ phase }) => phase)).toEqual(['removing'])
  expect(existsSync(join(scene.roots.data, 'trash'))).toBe(false)
})

test('applyProject() empties the trash of a keeper that was killed, and of no other', async () => {
  await using scene = applyScene()
  const trash = join(scene.roots.data, 'trash')
  const [left, own] = [`tmp-${process.pid}-1-1`, temporaryName()]
  for (const name of [left, own]) mkdirSync(join(trash, name, 'upper'), { recursive: true })
  await apply(scene, up(scene))
  expect(readdirSync(trash)).toEqual([own])
})

test('applyProject() forgets a project that has nothing left', async () => {
  await using scene = applyScene()
  await apply(scene, up(scene))
  const volume = aStep(4, { kind: 'remove-volume', key: 'data', name: 'shop_data' })
  await apply(scene, [...down(scene), { ...volume, dependsOn: [2] }])
  expect(existsSync(scene.context.layout.dataDir)).toBe(false)
})

test('applyProject() keeps the keeper and the record of a container that does not go', async () => {
  await using scene = applyScene()
  const { record: made } = await apply(scene, up(scene))
  refuseInterfacesOf(scene, made)
  const { reports, record } = await apply(scene, down(scene))
  expect(reports.get(2)).toMatchObject({ kind: 'failed', error: { code: 'network' } })
  expect([...record.containers.values()].map(({ phase }) => phase)).toEqual(['removing'])
})

test('applyProject() does not ask the firewall for more than a start does', async () => {
  await using scene = applyScene()
  await apply(scene, up(scene))
  scene.network.asked.splice(0)
  await apply(scene, [aStep(1, { kind: 'restore-firewall' })])
  expect(scene.network.asked).toEqual(['firewall'])
  expect(scene.keeper.asked).not.toContain('quit')
})

test('applyProject() ends no keeper that does not answer while it has containers that stay', async () => {
  await using scene = applyScene()
  await apply(scene, up(scene))
  const stalled = new TcomposeError('keeper-stalled', 'Cannot reach the keeper')
  const steps = down(scene)
  const ended: string[] = []
  const run = (plan: readonly Step[]) => {
    const events: StepEvent[] = []
    return applyProject(
      {
        ...{
          roots: scene.roots,
          images: knownImages(scene.roots),
          host: scene.host,
          dockerfiles: dockerfileReader,
          plan: aPlan(plan),
          onKept: () => {},
        },
        programs: { keeper: '/keeper', supervisor: [], filters: '/filters' },
        options: {
          source: undefined,
          signal: new AbortController().signal,
          onEvent: event => events.push(event),
        },
      },
      {
        network: scene.network,
        keepers: {
          connect: () => Promise.reject(stalled),
          start: async () => scene.keeper,
          end: async path => {
            ended.push(path)
            return 42
          },
        },
      },
    ).then(
      report => ({ report, events }),
      (error: unknown) => ({ error, events }),
    )
  }
  const stop = await run(steps.slice(0, 1))
  expect(ended).toEqual([])
  expect('report' in stop && stop.report.outcomes.get(1)).toMatchObject({ error: { code: 'keeper-stalled' } })
  const all = await run(steps)
  expect(ended).toEqual([scene.context.layout.keeperSocket])
  expect(all.events).toContainEqual(
    expect.objectContaining({
      message: 'The keeper, process 42, did not answer and was killed, and its containers with it',
    }),
  )
})

test('applyProject() opens nothing of the project before an image that its plan lacks', async () => {
  await using scene = applyScene()
  const image = 'oci:/nowhere/layout'
  const fetch = aStep(1, {
    kind: 'fetch-image',
    image,
    platform: undefined,
    policy: 'missing',
  } as Step['action'])
  const { reports } = await apply(scene, [
    fetch,
    ...up(scene).map(step => ({ ...step, id: step.id + 1, dependsOn: [1] })),
  ])
  expect(reports.get(1)?.kind).toBe('failed')
  expect(reports.get(2)).toEqual({ kind: 'skipped', blockedBy: 1 })
  expect(existsSync(scene.context.layout.record)).toBe(false)
  expect([scene.keeper.asked, scene.network.asked]).toEqual([[], []])
})

test('applyProject() has it on record that networks are being changed until they are', async () => {
  await using scene = applyScene()
  const { entry, layout } = scene.addContainer(aContainerSpec({ image: `rootfs:${scene.image}` }))
  await scene.store.save()
  const container = { ...entry.spec, configHash: 'next' }
  const step = aStep(1, {
    kind: 'reattach-container',
    id: entry.id,
    name: entry.spec.name,
    container,
    disconnect: [],
    connect: [],
  })
  writeFileSync(layout.live, 'damaged')
  const failed = await apply(scene, [step])
  expect(failed.outcomes).toEqual(new Map([[1, 'failed']]))
  expect(failed.record.files).toEqual(['/srv/shop/compose.yaml'])
  expect(failed.record.containers.get(entry.id)).toMatchObject({
    isReattaching: true,
    spec: { configHash: 'next' },
  })
  rmSync(layout.live)
  const { record } = await apply(scene, [step])
  expect(record.containers.get(entry.id)).not.toHaveProperty('isReattaching')
})
