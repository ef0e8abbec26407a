import { chmodSync, chownSync, mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { folderProblem, requireOwnFolders } from '../../../../src/engine/local/state/require-own-folders.ts'
import { temporaryFolder } from '../../../support/temporary-folder.ts'

test('folderProblem() has none with a folder of root, nor with one that is yet to be made', () => {
  using folder = temporaryFolder()
  const path = join(folder.path, 'data')
  expect(folderProblem(path)).toBeUndefined()
  mkdirSync(path, { mode: 0o755 })
  expect(folderProblem(path)).toBeUndefined()
})

for (const { what, spoil, state } of [
  {
    what: 'another owner',
    spoil: (path: string) => chownSync(path, 65534, 65534),
    state: 'it belongs to user 65534, expected root',
  },
  {
    what: 'a mode that lets the group write',
    spoil: (path: string) => chmodSync(path, 0o770),
    state: 'its mode is 0770, expected one that lets only its owner write',
  },
  {
    what: 'a mode that lets everyone write',
    spoil: (path: string) => chmodSync(path, 0o1777),
    state: 'its mode is 1777, expected one that lets only its owner write',
  },
]) {
  test(`requireOwnFolders() refuses ${what}, of either folder, and names the variable`, () => {
    for (const [name, variable] of [
      ['data', 'TCOMPOSE_DATA'],
      ['run', 'TCOMPOSE_RUN'],
    ] as const) {
      using folder = temporaryFolder()
      const roots = { data: join(folder.path, 'data'), run: join(folder.path, 'run') }
      for (const path of [roots.data, roots.run]) mkdirSync(path, { mode: 0o700 })
      requireOwnFolders(roots)
      spoil(roots[name])
      expect(() => requireOwnFolders(roots)).toThrow(
        expect.objectContaining({
          code: 'unsafe-folder',
          message: `Cannot use folder "${roots[name]}": ${state}`,
          hint: expect.stringContaining(variable),
        }),
      )
    }
  })
}

test('requireOwnFolders() refuses a folder that everyone may rename', () => {
  using folder = temporaryFolder()
  const above = join(folder.path, 'open')
  mkdirSync(above)
  chmodSync(above, 0o777)
  const roots = { data: join(above, 'data'), run: join(above, 'run') }
  expect(() => requireOwnFolders(roots)).toThrow('everyone may rename it')
  chmodSync(above, 0o1777)
  requireOwnFolders(roots)
})
