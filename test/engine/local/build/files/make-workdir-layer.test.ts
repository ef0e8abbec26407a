import { readdirSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { CopyScene, SPAN, type Things } from '../../../../support/copy-scene.ts'

const BASE: Things = {
  'etc/passwd': 'app:x:1000:1001::/home/app:\nnum:x:2000:2001::/:\n',
  'etc/group': 'staff:x:50:\n',
  opt: { mode: 0o711, uid: 9, gid: 9 },
  'opt/link': { link: '/made/by/link' },
  file: 'f',
}

describe('makeWorkdirLayer()', () => {
  test.each([
    { path: '/opt/a/b', user: '', made: { '/opt/a': 'folder 755 0:0', '/opt/a/b': 'folder 755 0:0' } },
    { path: '/x/y', user: 'app', made: { '/x': 'folder 755 1000:1001', '/x/y': 'folder 755 1000:1001' } },
    { path: '/x', user: '2000', made: { '/x': 'folder 755 2000:2000' } },
    { path: '/x', user: 'app:staff', made: { '/x': 'folder 755 1000:50' } },
    { path: '/x', user: '7:8', made: { '/x': 'folder 755 7:8' } },
    { path: '/x', user: 'ghost', made: { '/x': 'folder 755 0:0' } },
    {
      path: '/opt/link/in',
      user: '',
      made: {
        '/made': 'folder 755 0:0',
        '/made/by': 'folder 755 0:0',
        '/made/by/link': 'folder 755 0:0',
        '/made/by/link/in': 'folder 755 0:0',
      },
    },
    { path: '/opt', user: 'app', made: {} },
    { path: '/', user: 'app', made: {} },
  ])('makes what misses of $path for user "$user"', async ({ path, user, made }) => {
    using scene = new CopyScene({ base: [BASE] })
    const before = await scene.list()
    const folder = scene.workdir(path, user)
    const list = await scene.list()
    expect(Object.fromEntries(Object.entries(list).filter(([name, line]) => before[name] !== line))).toEqual(
      made,
    )
    if (Object.keys(made).length === 0) expect(readdirSync(folder)).toEqual([])
  })

  test('refuses a path below a file', () => {
    using scene = new CopyScene({ base: [BASE] })
    expect(() => scene.workdir('/file/x')).toThrow(
      expect.objectContaining({
        code: 'build-step',
        message: 'Cannot make working directory "/file/x": "/file" is not a directory',
        span: SPAN,
      }),
    )
  })

  test('refuses names where there are no files, not numbers', async () => {
    using scene = new CopyScene({})
    expect(() => scene.workdir('/x', 'app')).toThrow('user "app" is unknown')
    scene.workdir('/x', '1000')
    expect(await scene.list()).toEqual({ '/x': 'folder 755 1000:1000' })
  })
})
