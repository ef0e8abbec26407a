import { expect, test } from 'vitest'
import { copyOfContext } from '../../../../src/engine/local/build/copy-of-context.ts'
import { CopyScene, SPAN, type Things } from '../../../support/copy-scene.ts'

const CONTEXT: Things = {
  'd/f': { text: 'f', mode: 0o711 },
  'd/sub/g': 'g',
  'd/link': { link: 'f' },
  other: 'o',
}
const FROM = { kind: 'context', name: '' } as const

test.each([
  {
    source: '/d',
    made: {
      '/d': 'folder 755 0:0',
      '/d/f': 'file 711 0:0 1',
      '/d/link': 'link 0:0 f',
      '/d/sub': 'folder 755 0:0',
      '/d/sub/g': 'file 644 0:0 1',
    },
  },
  { source: '/d/f', made: { '/d': 'folder 755 0:0', '/d/f': 'file 711 0:0 1' } },
])('copyOfContext() puts $source at the same place, and nothing else', async ({ source, made }) => {
  using scene = new CopyScene({ context: CONTEXT })
  await scene.copy(copyOfContext(FROM, source, SPAN))
  expect(await scene.list()).toEqual(made)
})

test('copyOfContext() puts the whole context at the root', async () => {
  using scene = new CopyScene({ context: CONTEXT })
  await scene.copy(copyOfContext(FROM, '/', SPAN))
  expect(Object.keys(await scene.list())).toEqual(['/d', '/d/f', '/d/link', '/d/sub', '/d/sub/g', '/other'])
})

test('copyOfContext() has the place of the mount for a source that is not there', async () => {
  using scene = new CopyScene({ context: CONTEXT })
  const failure = scene.copy(copyOfContext(FROM, '/none', SPAN))
  await expect(failure).rejects.toMatchObject({ code: 'build-source', span: SPAN })
})
