import { existsSync, mkdirSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { expect, test } from 'vitest'
import { finishRemovals } from '../../../../src/engine/local/apply/finish-removals.ts'
import {
  keptVolumeWarnings,
  removeUnusedVolumes,
} from '../../../../src/engine/local/apply/remove-unused-volumes.ts'
import { projectLayout, type Roots } from '../../../../src/engine/local/state/layout.ts'
import type { ContainerEntry } from '../../../../src/engine/local/state/project-record.ts'
import { RecordStore } from '../../../../src/engine/local/state/record-store.ts'
import { createVolume } from '../../../../src/engine/local/volume/create-volume.ts'
import { takeVolumeAway } from '../../../../src/engine/local/volume/remove-volume.ts'
import { volumeLayout } from '../../../../src/engine/local/volume/volume-layout.ts'
import { parseProjectName } from '../../../../src/model/names.ts'
import { openLease } from '../../../../src/store/lease.ts'
import { containerIdOf } from '../../../support/apply-plan.ts'
import { aContainerSpec } from '../../../support/container-input.ts'
import { NO_LEASE } from '../../../support/no-lease.ts'
import { temporaryFolder } from '../../../support/temporary-folder.ts'

function storeOf(roots: Roots, project: string): RecordStore {
  const name = parseProjectName(project)
  return new RecordStore(name, projectLayout(roots, name))
}

async function withContainer(
  store: RecordStore,
  volume: string,
  changes: Partial<ContainerEntry> = {},
): Promise<void> {
  const id = containerIdOf(1)
  store.setContainer(id, {
    id,
    phase: 'created',
    spec: { ...aContainerSpec({}), name: `${store.record.project}-web-1` },
    imageId: undefined,
    createdAt: 0,
    command: [],
    anonymousVolumes: [{ target: '/data', name: volume }],
    ...changes,
  })
  await store.save()
}

function entryOf(store: RecordStore): ContainerEntry {
  const [entry] = store.record.containers.values()
  if (entry === undefined) throw new Error('the record has no container')
  return entry
}

function makeVolume(roots: Roots, name: string): void {
  writeFileSync(join(createVolume(roots, { name, labels: new Map(), createdAt: 1 }), 'own'), '')
}

const isThere = (roots: Roots, name: string): boolean =>
  existsSync(join(volumeLayout(roots, name).data, 'own'))

test('removeUnusedVolumes() leaves volumes that a container of any project has, and names it', async () => {
  using folder = temporaryFolder()
  const roots = { data: join(folder.path, 'data'), run: join(folder.path, 'run') }
  for (const name of ['free', 'of-other', 'of-own', 'leaving']) makeVolume(roots, name)
  const own = storeOf(roots, 'own')
  await withContainer(storeOf(roots, 'other'), 'of-other', { phase: 'creating' })
  await withContainer(own, 'of-own')
  own.setContainer(containerIdOf(2), {
    ...entryOf(own),
    id: containerIdOf(2),
    phase: 'removing',
    anonymousVolumes: [{ target: '/data', name: 'leaving' }],
  })
  const announced: string[] = []
  const context = { roots, store: own, lease: NO_LEASE }
  const names = ['free', 'of-other', 'of-own', 'leaving', 'none']
  const kept = await removeUnusedVolumes(context, names, async unused => {
    announced.push(...unused)
    for (const name of ['free', 'leaving']) expect(isThere(roots, name)).toBe(true)
  })
  expect(announced).toEqual(['free', 'leaving', 'none'])
  expect(keptVolumeWarnings(kept)).toEqual([
    'Volume of-other is kept: container other-web-1 of project other uses it',
    'Volume of-own is kept: container own-web-1 of project own uses it',
  ])
  expect(names.filter(name => isThere(roots, name))).toEqual(['of-other', 'of-own'])
})

test('removeUnusedVolumes() leaves what another command is about to use, and what a damaged record names', async () => {
  using folder = temporaryFolder()
  const roots = { data: join(folder.path, 'data'), run: join(folder.path, 'run') }
  for (const name of ['leased', 'named', 'mine']) makeVolume(roots, name)
  await withContainer(storeOf(roots, 'other'), 'named')
  const { record } = projectLayout(roots, parseProjectName('other'))
  truncateSync(record, statSync(record).size - 2)
  using others = openLease(roots)
  await others.keep(['volume leased'])
  using lease = openLease(roots)
  await lease.keep(['volume mine'])
  const context = { roots, store: storeOf(roots, 'own'), lease }
  const kept = await removeUnusedVolumes(context, ['leased', 'named', 'mine'])
  expect([...kept]).toEqual([
    ['leased', 'another command'],
    ['named', 'project other, whose record cannot be read,'],
  ])
})

test('finishRemovals() completes what was announced, before or after the volume left view', async () => {
  for (const isTaken of [false, true]) {
    using folder = temporaryFolder()
    const roots = { data: join(folder.path, 'data'), run: join(folder.path, 'run') }
    makeVolume(roots, 'own_data')
    const store = storeOf(roots, 'own')
    const entry = { key: 'data', name: 'own_data', configHash: '', external: false }
    store.setVolume('data', { ...entry, phase: 'removing' })
    store.setVolume('kept', { ...entry, key: 'kept', name: 'own_kept', phase: 'created' })
    makeVolume(roots, 'own_kept')
    if (isTaken) {
      const content = takeVolumeAway(roots, 'own_data') ?? ''
      const abandoned = join(dirname(content), 'tmp-999999-1-1')
      mkdirSync(abandoned)
      rmSync(content, { recursive: true })
    }
    await finishRemovals({ roots, store, lease: NO_LEASE })
    expect([...store.record.volumes.keys()]).toEqual(['kept'])
    expect([isThere(roots, 'own_data'), isThere(roots, 'own_kept')]).toEqual([false, true])
    expect(existsSync(join(roots.data, 'volumes/.removed/tmp-999999-1-1'))).toBe(false)
  }
})
