import { writeFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { servicePath } from '../../../../src/base/model-path.ts'
import type { BuildCache } from '../../../../src/model/build.ts'
import { BuildScene } from '../../../support/build-scene.ts'

const FILES = {
  Dockerfile: `FROM scratch AS files
COPY a.txt /files/
FROM scratch
COPY --from=files /files /made/
WORKDIR /work
`,
  'a.txt': 'a',
}

function aCache(options: Readonly<Record<string, string>>, type: BuildCache['type'] = 'local'): BuildCache {
  return { type, options: new Map(Object.entries(options)), origin: servicePath('web', 'build') }
}

test('a second machine runs nothing that is in the cache which the first one has written', async () => {
  using scene = new BuildScene(FILES)
  const folder = scene.path('cache')
  const cacheTo = [aCache({ dest: folder, mode: 'max' })]
  expect(await scene.build({ cacheTo })).toEqual(['1 done', '2 done', '3 done'])
  const { id } = scene.details()
  scene.machine = 'second'
  expect(await scene.build({ cacheFrom: [aCache({ src: folder })] })).toEqual([
    '1 cached',
    '2 cached',
    '3 cached',
  ])
  expect(scene.details().id).toBe(id)
})

test('a cache has the steps of the image alone unless its mode is max', async () => {
  using scene = new BuildScene(FILES)
  const folder = scene.path('cache')
  await scene.build({ cacheTo: [aCache({ dest: folder })] })
  scene.machine = 'second'
  const cacheFrom = [aCache({ src: folder })]
  expect(await scene.build({ cacheFrom })).toEqual(['1 done', '2 cached', '3 cached'])
})

test('openCaches() takes a cache that cannot be read for none, and says so', async () => {
  using scene = new BuildScene(FILES)
  writeFileSync(scene.path('file'), '')
  const cacheFrom = [aCache({ src: scene.path('file') }), aCache({}, 'inline')]
  expect(await scene.build({ cacheFrom })).toEqual(['1 done', '2 done', '3 done'])
  expect(scene.notices).toHaveLength(2)
  expect(scene.notices[0]).toContain(scene.path('file'))
})

test('exportCaches() leaves an inline cache to the image, and refuses one without a place', async () => {
  using scene = new BuildScene(FILES)
  await scene.build()
  const { id } = scene.details()
  await scene.build({ cacheTo: [aCache({}, 'inline')] })
  expect(scene.details().id).not.toBe(id)
  await expect(scene.build({ cacheTo: [aCache({})] })).rejects.toMatchObject({ code: 'build-cache' })
})
