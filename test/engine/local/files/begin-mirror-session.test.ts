import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { beginMirrorSession } from '../../../../src/engine/local/files/begin-mirror-session.ts'
import { parseProjectName } from '../../../../src/model/names.ts'
import { temporaryFolder } from '../../../support/temporary-folder.ts'

const shop = parseProjectName('shop')

test('beginMirrorSession() refuses a second session of a project and names the process of the first', async () => {
  using folder = temporaryFolder()
  const roots = { data: folder.path, run: folder.path }
  await using _first = beginMirrorSession(roots, shop)
  await using _other = beginMirrorSession(roots, parseProjectName('other'))
  expect(() => beginMirrorSession(roots, shop)).toThrow(
    expect.objectContaining({
      code: 'watch-running',
      message: `Cannot watch project "shop": process ${process.pid} watches it already`,
    }),
  )
})

test('beginMirrorSession() leaves nothing behind when a session ends', async () => {
  using folder = temporaryFolder()
  const roots = { data: folder.path, run: folder.path }
  await beginMirrorSession(roots, shop)[Symbol.asyncDispose]()
  expect(existsSync(join(folder.path, 'watches/shop.lock'))).toBe(false)
  await using _second = beginMirrorSession(roots, shop)
})
