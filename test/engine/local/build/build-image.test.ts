import { readdirSync, readFileSync, rmSync, utimesSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import type { BuildConfig } from '../../../../src/model/build.ts'
import { layerPath } from '../../../../src/store/layers/layer-store.ts'
import { BuildScene } from '../../../support/build-scene.ts'

const DOCKERFILE = `FROM scratch AS files
COPY a.txt sub /files/
FROM scratch
COPY --from=files /files /made/
WORKDIR /work
ENV A=b
`

const FILES = { Dockerfile: DOCKERFILE, 'a.txt': 'a', 'sub/b.txt': 'b' }

test('buildImage() stores an image of layers under its name, and finds every step the next time', async () => {
  using scene = new BuildScene(FILES)
  expect(await scene.build()).toEqual(['1 done', '2 done', '3 done'])
  const { id, layers, document } = scene.details()
  expect(document).toMatchObject({ config: { WorkingDir: '/work', Env: expect.arrayContaining(['A=b']) } })
  const [files = ''] = layers.map(diffId => layerPath(scene.roots, diffId))
  expect(readFileSync(join(files, 'made/b.txt'), 'utf8')).toBe('b')
  expect(await scene.build()).toEqual(['1 cached', '2 cached', '3 cached'])
  expect(scene.details().id).toBe(id)
})

test('buildImage() runs again what reads a changed file, and what is above it', async () => {
  using scene = new BuildScene(FILES)
  await scene.build()
  scene.write('sub/b.txt', 'changed')
  expect((await scene.forecast()).steps.map(({ state, cause }) => [state, cause])).toEqual([
    ['runs', expect.stringMatching(/changed$/)],
    ['unknown', undefined],
    ['unknown', undefined],
  ])
  expect(await scene.build()).toEqual(['1 done', '2 done', '3 done'])
  expect(await scene.forecast()).toMatchObject({ isCurrent: true })
})

test('buildImage() takes a file whose time alone changed for the same', async () => {
  using scene = new BuildScene(FILES)
  await scene.build()
  utimesSync(join(scene.context, 'a.txt'), 1, 1)
  expect(await scene.build()).toEqual(['1 cached', '2 cached', '3 cached'])
})

test.each([
  { what: 'was moved', source: 'b/x', outcome: 'cached' },
  { what: 'has another name', source: 'b/y', outcome: 'done' },
])('buildImage() has a COPY $outcome whose source $what', async ({ source, outcome }) => {
  using scene = new BuildScene({
    Dockerfile: 'FROM scratch\nCOPY a/x /x\n',
    'a/x': '1',
    'b/x': '1',
    'b/y': '1',
  })
  await scene.build()
  scene.write('Dockerfile', `FROM scratch\nCOPY ${source} /x\n`)
  expect(await scene.build()).toEqual([`1 ${outcome}`])
})

test('buildImage() makes a layer again that is not there any more', async () => {
  using scene = new BuildScene(FILES)
  await scene.build()
  const layers = join(scene.roots.data, 'layers/sha256')
  for (const name of readdirSync(layers)) rmSync(join(layers, name), { recursive: true })
  expect(await scene.build()).toEqual(['1 done', '2 done', '3 done'])
})

test('buildImage() gives what it adds the time of SOURCE_DATE_EPOCH, and runs nothing for it', async () => {
  using scene = new BuildScene(FILES)
  await scene.build()
  const epoch = new Map([['SOURCE_DATE_EPOCH', '1000000000']])
  expect(await scene.build({}, epoch)).toEqual(['1 cached', '2 cached', '3 cached'])
  const { id, document } = scene.details()
  expect(document?.['created']).toBe('2001-09-09T01:46:40Z')
  await scene.build({ noCache: true }, epoch)
  expect(scene.details().id).toBe(id)
})

test('buildImage() shows a mistake of the Dockerfile at its line, and makes no image', async () => {
  using scene = new BuildScene({ Dockerfile: 'FROM scratch\nCOPPY a /\nEXPOSE\n' })
  await expect(scene.build()).rejects.toMatchObject({ code: 'dockerfile', span: { line: 2 } })
  expect((await scene.inspect()).diagnostics.map(({ span }) => span?.line)).toEqual([2, 3])
  expect(() => scene.details()).toThrow('shop-web')
})

test('buildImage() shows a source that is not there at its line', async () => {
  using scene = new BuildScene({ Dockerfile: 'FROM scratch\nCOPY nowhere /\n' })
  await expect(scene.build()).rejects.toMatchObject({ code: 'build-source', span: { line: 2 } })
})

test('forecastBuild() says that an image was not built, and that a name leads to another', async () => {
  using scene = new BuildScene(FILES)
  const { steps, isCurrent } = await scene.forecast()
  expect(isCurrent).toBe(false)
  expect(steps[0]).toMatchObject({ state: 'runs', cause: 'not built before', stage: 'files' })
  await scene.build()
  scene.write('Dockerfile', `${DOCKERFILE}LABEL new=1\n`)
  const changed = await scene.forecast()
  expect(changed.steps.map(({ state }) => state)).toEqual(['cached', 'cached', 'cached'])
  expect(changed.isCurrent).toBe(false)
})

test('forecastBuild() names an image that is not on this machine', async () => {
  using scene = new BuildScene({ Dockerfile: 'FROM 127.0.0.1:1/none:1\nRUN true\n' })
  expect(await scene.forecast()).toEqual({ steps: [], isCurrent: false, lacks: '127.0.0.1:1/none:1' })
})

test('forecastBuild() knows what is above a step that runs, and above one that may', async () => {
  using scene = new BuildScene(FILES)
  await scene.build()
  scene.write('a.txt', 'changed')
  const statesOf = async (config: Partial<BuildConfig> = {}) =>
    (await scene.forecast(config)).steps.map(({ state }) => state)
  expect(await statesOf()).toEqual(['runs', 'unknown', 'unknown'])
  expect(await statesOf({ noCache: true })).toEqual(['runs', 'runs', 'runs'])
  scene.write('Dockerfile', 'FROM scratch\nCOPY a.txt /new\nWORKDIR /work\n')
  expect(await statesOf()).toEqual(['runs', 'runs'])
})

test('inspectBuild() names the images of a Dockerfile, and what each step needs', async () => {
  using scene = new BuildScene(FILES)
  expect(await scene.inspect()).toMatchObject({
    diagnostics: [],
    images: [],
    steps: [{ dependsOn: [] }, { dependsOn: [1] }, { dependsOn: [2] }],
  })
  scene.write('Dockerfile', 'FROM 127.0.0.1:1/none:1\nCOPY --from=other:2 /x /\n')
  expect(await scene.inspect()).toMatchObject({ images: ['127.0.0.1:1/none:1', 'other:2'], steps: undefined })
})
