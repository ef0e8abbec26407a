import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { expect, test } from 'vitest'
import { PackageTree } from '../support/package-tree.ts'

const SCRIPT = readFileSync(resolve(import.meta.dirname, '../../bin/tcompose'), 'utf8')

function treeWithScript(): PackageTree {
  const tree = new PackageTree()
  tree.write('bin/tcompose', SCRIPT)
  return tree
}

test('bin/tcompose names the command to run when nothing is built', () => {
  using tree = treeWithScript()
  const { status, stderr } = tree.run('bin/tcompose')
  expect(status).toBe(1)
  expect(stderr).toBe(`tcompose is not built: run "npm ci && npm run build" in ${tree.root}\n`)
})

test('bin/tcompose starts the program that was built, through symbolic links, relative ones too', () => {
  using tree = treeWithScript()
  tree.write('dist/native/tcompose', '#!/bin/sh\nprintf "%s." "$@"\n')
  tree.link('links/first', '../bin/tcompose')
  tree.link('links/second', `${tree.root}/links/first`)
  for (const path of ['bin/tcompose', 'links/first', 'links/second'])
    expect(tree.run(path).stdout).toBe('up.two words.')
})

test('the launcher passes arguments on as the caller gave them', () => {
  using tree = new PackageTree()
  const source = readFileSync(resolve(import.meta.dirname, '../../scripts/bundle/launcher.cjs'), 'utf8')
  tree.write('launcher.cjs', source.replaceAll('{main}', 'main').replace('{commands}', ''))
  tree.write('main.js', '(() => console.log(JSON.stringify(process.argv.slice(2))))')
  const argsSeen = (args: readonly string[]): unknown =>
    JSON.parse(spawnSync(process.execPath, [join(tree.root, 'launcher.cjs'), ...args]).stdout.toString())
  expect(argsSeen(['.', '.up', '..', '.', '.-d'])).toEqual(['up', '.', '', '-d'])
  expect(argsSeen(['up', '.'])).toEqual(['up', '.'])
})

test('the launcher refuses an old Node in one line', () => {
  using tree = new PackageTree()
  const launcher = resolve(import.meta.dirname, '../../scripts/bundle/launcher.cjs')
  const old = `Object.defineProperty(process.versions, 'node', { value: '20.1.0' }); require(${JSON.stringify(launcher)})`
  const { status, stderr } = spawnSync(process.execPath, ['-e', old], { cwd: tree.root, encoding: 'utf8' })
  expect(status).toBe(1)
  expect(stderr).toBe('tcompose needs Node 24 or later, this is 20.1.0\n')
})
