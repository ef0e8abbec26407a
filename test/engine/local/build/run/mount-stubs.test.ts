import { chmodSync, existsSync, lstatSync, mkdirSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { expect, test } from 'vitest'
import { parseAbsolutePath } from '../../../../../src/base/absolute-path.ts'
import { LayeredTree } from '../../../../../src/disk/layered-tree.ts'
import {
  findMountStubs,
  type MountTarget,
  removeMountStubs,
} from '../../../../../src/engine/local/build/run/mount-stubs.ts'
import { filesIn } from '../../../../support/build-session.ts'
import { temporaryFolder } from '../../../../support/temporary-folder.ts'

/** Makes folders, where a path ends in a slash, and empty files. */
function make(root: string, paths: readonly string[]): void {
  for (const path of paths) {
    const full = join(root, path)
    mkdirSync(path.endsWith('/') ? full : dirname(full), { recursive: true })
    if (!path.endsWith('/')) writeFileSync(full, '')
  }
}

function targetsOf(paths: readonly string[]): readonly MountTarget[] {
  return paths.map(path => ({ path, isFile: true }))
}

const cases: ReadonlyArray<{
  name: string
  /** What is there before. */
  lower: readonly string[]
  targets: readonly string[]
  /** What is in the layer after the command. */
  upper: readonly string[]
  left: readonly string[]
}> = [
  {
    name: 'a file and the copy of its folder',
    lower: ['etc/'],
    targets: ['/etc/hosts'],
    upper: ['etc/hosts'],
    left: [],
  },
  { name: 'parents that were made for it', lower: [], targets: ['/a/b/c'], upper: ['a/b/c/'], left: [] },
  { name: 'two in one folder', lower: [], targets: ['/a/b', '/a/c'], upper: ['a/b/', 'a/c'], left: [] },
  {
    name: 'nothing that was there',
    lower: ['etc/hosts'],
    targets: ['/etc/hosts'],
    upper: ['etc/hosts'],
    left: ['etc/', 'etc/hosts'],
  },
  {
    name: 'nothing beside other changes',
    lower: ['etc/'],
    targets: ['/etc/hosts'],
    upper: ['etc/hosts', 'etc/x'],
    left: ['etc/', 'etc/x'],
  },
  {
    name: 'no parent that is used',
    lower: [],
    targets: ['/a/b/c'],
    upper: ['a/b/c/', 'a/x'],
    left: ['a/', 'a/x'],
  },
  {
    name: 'no mount point that is used',
    lower: [],
    targets: ['/a/b'],
    upper: ['a/b/x'],
    left: ['a/', 'a/b/', 'a/b/x'],
  },
  { name: 'copies of folders above', lower: ['a/b/c/'], targets: ['/a/b/c/d'], upper: ['a/b/c/d'], left: [] },
]

for (const { name, lower, targets, upper, left } of cases) {
  test(`removeMountStubs() removes ${name}`, () => {
    using folder = temporaryFolder()
    const [below, above] = [join(folder.path, 'lower'), join(folder.path, 'upper')]
    make(folder.path, ['lower/', 'upper/'])
    make(below, lower)
    const stubs = findMountStubs(new LayeredTree([parseAbsolutePath(below)]), targetsOf(targets))
    make(above, upper)
    removeMountStubs(above, stubs)
    expect(filesIn(above)).toEqual(left)
  })
}

test('findMountStubs() follows links to where something is made', () => {
  using folder = temporaryFolder()
  make(folder.path, ['lower/run/', 'lower/etc/', 'upper/run/resolve/stub', 'upper/etc/'])
  symlinkSync('../run/resolve/stub', join(folder.path, 'lower/etc/resolv.conf'))
  const tree = new LayeredTree([parseAbsolutePath(join(folder.path, 'lower'))])
  const stubs = findMountStubs(tree, targetsOf(['/etc/resolv.conf']))
  expect(stubs.made.map(({ path, isFile }) => [path, isFile])).toEqual([
    ['run/resolve', false],
    ['run/resolve/stub', true],
  ])
  removeMountStubs(join(folder.path, 'upper'), stubs)
  expect(filesIn(join(folder.path, 'upper'))).toEqual(['etc/'])
})

test('removeMountStubs() keeps a file that the command wrote, and a folder whose mode it changed', () => {
  using folder = temporaryFolder()
  make(folder.path, ['lower/etc/', 'lower/srv/', 'upper/etc/hosts', 'upper/srv/x/'])
  const upper = join(folder.path, 'upper')
  writeFileSync(join(upper, 'etc/hosts'), 'own')
  chmodSync(join(upper, 'srv'), 0o700)
  const tree = new LayeredTree([parseAbsolutePath(join(folder.path, 'lower'))])
  removeMountStubs(upper, findMountStubs(tree, targetsOf(['/etc/hosts', '/srv/x'])))
  expect(filesIn(upper)).toEqual(['etc/', 'etc/hosts', 'srv/'])
})

test('removeMountStubs() leaves the time of a folder as it was', () => {
  using folder = temporaryFolder()
  make(folder.path, ['lower/etc/', 'upper/etc/hosts', 'upper/etc/own'])
  const etc = join(folder.path, 'upper/etc')
  utimesSync(etc, 1000, 2000)
  const tree = new LayeredTree([parseAbsolutePath(join(folder.path, 'lower'))])
  removeMountStubs(join(folder.path, 'upper'), findMountStubs(tree, targetsOf(['/etc/hosts'])))
  expect(existsSync(join(etc, 'hosts'))).toBe(false)
  expect(lstatSync(etc).mtimeMs).toBe(2_000_000)
})
