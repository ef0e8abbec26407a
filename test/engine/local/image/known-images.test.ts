import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { type ImageLookup, knownImages } from '../../../../src/engine/local/image/known-images.ts'
import { lookupImage } from '../../../../src/engine/local/image/source/image-sources.ts'
import { createLocalEngine } from '../../../../src/engine/local/local-engine.ts'
import type { Roots } from '../../../../src/engine/local/state/layout.ts'
import { readProjectRecord } from '../../../../src/engine/local/state/project-record.ts'
import { dockerfileReader } from '../../../../src/local/dockerfile-reader.ts'
import { type ImageRequest, imageLabel } from '../../../../src/model/image-request.ts'
import { parseProjectName } from '../../../../src/model/names.ts'
import { parsePlatform } from '../../../../src/model/platform.ts'
import { machinePlatform } from '../../../../src/oci/platform.ts'
import type { Action } from '../../../../src/planner/action.ts'
import { aContainerSpec } from '../../../support/container-input.ts'
import { fetchImage } from '../../../support/fetch-image.ts'
import { writeLayout } from '../../../support/hand-made-layout.ts'
import { aPlan, aStep } from '../../../support/plan-builders.ts'
import { temporaryFolder } from '../../../support/temporary-folder.ts'

const PROJECT = parseProjectName('shop')
const programs = { keeper: process.execPath, supervisor: [], filters: '/none' }

/** Looks up, and says what. */
function counting(): { readonly lookup: ImageLookup; readonly seen: string[] } {
  const seen: string[] = []
  return {
    seen,
    lookup: (roots, wanted) => {
      seen.push(imageLabel(wanted))
      return lookupImage(roots, wanted)
    },
  }
}

/** Runs a plan as `up` does under the project's lock. */
async function runLocked(
  roots: Roots,
  lookup: ImageLookup,
  { wanted, actions }: { readonly wanted: readonly ImageRequest[]; readonly actions: readonly Action[] },
): Promise<void> {
  const engine = createLocalEngine({ roots, programs, dockerfiles: dockerfileReader, lookup })
  const { signal } = new AbortController()
  await using _lock = await engine.lock(PROJECT, { command: 'up', signal, onWait: () => {} })
  await engine.observe(PROJECT, wanted, undefined)
  const plan = aPlan(actions.map((action, index) => aStep(index + 1, action)))
  expect(await engine.preflight(plan)).toEqual([])
  const { outcomes } = await engine.execute(plan, { source: undefined, signal, onEvent: () => {} })
  expect([...outcomes.values()]).toEqual(actions.map(() => ({ kind: 'done' })))
}

const creation = (image: string, number: number): Action => ({
  kind: 'create-container',
  container: { ...aContainerSpec({ image }), name: `shop-web-${number}`, number, volumeNames: new Map() },
  replaces: undefined,
})

test('an image is looked up once from the observation of a project to the creation of its containers', async () => {
  using root = temporaryFolder()
  const roots = { data: join(root.path, 'data'), run: join(root.path, 'run') }
  const [id] = writeLayout(join(root.path, 'img'), [{ layers: [] }])
  const reference = `oci:${root.path}/img`
  await fetchImage(roots, { reference }, { onProgress: () => {} })

  const { lookup, seen } = counting()
  const actions = [creation(reference, 1), creation(reference, 2)]
  await runLocked(roots, lookup, { wanted: [{ reference }], actions })
  expect(seen).toEqual([reference])
  const record = readProjectRecord(join(roots.data, 'projects/shop/project.json'), PROJECT)
  expect([...record.containers.values()].map(({ imageId }) => imageId)).toEqual([id, id])
})

test('an image that a step fetches is looked up once more', async () => {
  using root = temporaryFolder()
  const roots = { data: join(root.path, 'data'), run: join(root.path, 'run') }
  const [id] = writeLayout(join(root.path, 'img'), [{ layers: [] }])
  const reference = `oci:${root.path}/img`

  const { lookup, seen } = counting()
  const actions: readonly Action[] = [
    { kind: 'fetch-image', image: reference, policy: 'missing' },
    creation(reference, 1),
  ]
  await runLocked(roots, lookup, { wanted: [{ reference }], actions })
  expect(seen).toEqual([reference, reference])
  const record = readProjectRecord(join(roots.data, 'projects/shop/project.json'), PROJECT)
  expect([...record.containers.values()].map(({ imageId }) => imageId)).toEqual([id])
})

test('nothing is known from an earlier look without the lock of the project', async () => {
  using root = temporaryFolder()
  const reference = `rootfs:${root.path}`
  const { lookup, seen } = counting()
  const engine = createLocalEngine({
    roots: { data: join(root.path, 'data'), run: join(root.path, 'run') },
    programs,
    dockerfiles: dockerfileReader,
    lookup,
  })
  for (const _ of [1, 2]) await engine.observe(PROJECT, [{ reference }], undefined)
  expect(seen).toEqual([reference, reference])
})

test('KnownImages.forget() forgets every form of the name', () => {
  const { lookup, seen } = counting()
  const images = knownImages({ data: '/none', run: '/none' }, lookup)
  const same: readonly ImageRequest[] = [
    { reference: 'redis:7' },
    { reference: 'docker.io/library/redis:7' },
    { reference: 'redis:7', platform: machinePlatform() },
  ]
  const other: ImageRequest = { reference: 'redis:7', platform: parsePlatform('linux/s390x') }
  const lookAll = () => [...same, other].map(image => images.lookup(image))
  lookAll()
  lookAll()
  expect(seen).toEqual([...same, other].map(imageLabel))
  images.forget({ reference: 'redis:7' })
  seen.length = 0
  lookAll()
  expect(seen).toEqual(same.map(imageLabel))
})

test('KnownImages.open() opens the image that was found, whatever its source holds since', async () => {
  using root = temporaryFolder()
  const roots = { data: join(root.path, 'data'), run: join(root.path, 'run') }
  const [id] = writeLayout(join(root.path, 'img'), [{ layers: [] }])
  const reference = `oci:${root.path}/img`
  await fetchImage(roots, { reference }, { onProgress: () => {} })
  const images = knownImages(roots)
  expect(images.lookup({ reference })).toMatchObject({ kind: 'present', id })
  writeLayout(join(root.path, 'img'), [{ layers: [], config: { Cmd: ['other'] } }])
  expect(images.open({ reference })).toMatchObject({ id, reference })
  rmSync(join(root.path, 'img'), { recursive: true })
  expect(images.open({ reference })).toMatchObject({ id })
})
