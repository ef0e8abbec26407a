import { execFileSync } from 'node:child_process'
import {
  chmodSync,
  cpSync,
  mkdirSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { join, relative, resolve } from 'node:path'
import { isDeepStrictEqual } from 'node:util'
import { eventually } from '../support/eventually.ts'
import { TestProject } from '../support/test-project.ts'
import { rootOf, treeOf, WatchRun } from '../support/watch-run.ts'
import type { Random } from './random.ts'
import type { Scenario } from './scenario.ts'

const COMPOSE = `
name: watched
services:
  web:
    image: rootfs:/
    init: true
    command: [sleep, infinity]
    develop:
      watch:
        - { path: ./src, action: sync, target: /siege-app, ignore: [.git/], initial_sync: true }
`

/** Packages that are an application's tree as much as any: folders, long files, many small ones. */
const APPLICATION = ['yaml', 'commander', 'listr2'] as const
const EDITS_PER_ROUND = 30

/** Edits of the tree of a Node application, while watch is on, off and killed, and what git checkout does to it. */
export const watchEdits: Scenario = {
  name: 'watch-edits',
  promise: 'after edits with watch on, off and killed, the container has the tree that the host has',
  shortRounds: 0,
  open: async () => {
    await using stack = new AsyncDisposableStack()
    const project = stack.use(new TestProject({ compose: COMPOSE, files: { 'src/.keep': '' } }))
    const runs = stack.use(new AsyncDisposableStack())
    const folder = join(project.folder, 'src')
    for (const name of APPLICATION) {
      const from = resolve(import.meta.dirname, '../../node_modules', name)
      cpSync(from, join(folder, name), { recursive: true, dereference: true })
    }
    beginHistory(folder)
    let watch: WatchRun | undefined = runs.use(await WatchRun.start(project))
    const kept = stack.move()
    return {
      rounds: 10,
      play: async ({ random }) => {
        const outcome = { kills: 0, checkouts: 0 }
        for (let count = 0; count < EDITS_PER_ROUND; count += 1) {
          if (random.below(15) === 0) {
            checkOut(folder, random)
            outcome.checkouts += 1
          } else edit(folder, random)
          const then = random.below(10)
          if (then === 0 && watch !== undefined) {
            await watch.end('SIGKILL')
            outcome.kills += 1
            watch = undefined
          } else if (then === 1) watch ??= runs.use(await WatchRun.start(project, ['watch', '--no-up']))
        }
        watch ??= runs.use(await WatchRun.start(project, ['watch', '--no-up']))
        await expectSame(project, folder)
        return `same after ${outcome.kills} kills and ${outcome.checkouts} checkouts`
      },
      [Symbol.asyncDispose]: () => kept.disposeAsync(),
    }
  },
}

function git(folder: string, ...args: readonly string[]): void {
  const own = ['-c', 'user.name=siege', '-c', 'user.email=siege@localhost', '-c', 'core.hooksPath=/dev/null']
  execFileSync('git', ['-C', folder, ...own, ...args], { stdio: 'ignore' })
}

/** Two branches that differ in hundreds of files. */
function beginHistory(folder: string): void {
  git(folder, 'init', '-q', '-b', 'main')
  git(folder, 'add', '-A')
  git(folder, 'commit', '-q', '-m', 'main')
  git(folder, 'checkout', '-q', '-b', 'other')
  for (const [index, path] of filesIn(folder).entries()) {
    if (index % 3 === 0) rmSync(path)
    else if (index % 3 === 1) writeFileSync(path, `changed ${index}`)
  }
  mkdirSync(join(folder, 'added'), { recursive: true })
  for (let index = 0; index < 100; index += 1) writeFileSync(join(folder, 'added', `${index}.js`), `${index}`)
  git(folder, 'add', '-A')
  git(folder, 'commit', '-q', '-m', 'other')
  git(folder, 'checkout', '-q', 'main')
}

function checkOut(folder: string, random: Random): void {
  git(folder, 'checkout', '-q', '-f', random.pick(['main', 'other']))
  git(folder, 'clean', '-q', '-f', '-d')
}

function filesIn(folder: string): readonly string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter(path => !path.startsWith('.git/') && path !== '.git')
    .map(path => join(folder, path))
    .filter(path => statSync(path, { throwIfNoEntry: false })?.isFile() === true)
    .toSorted()
}

function edit(folder: string, random: Random): void {
  const files = filesIn(folder)
  const path = files[random.below(files.length)] ?? join(folder, 'first.js')
  const name = relative(folder, path).split('/').slice(0, -1).join('/')
  const below = name === '' ? path : join(folder, name)
  const edits: readonly (() => void)[] = [
    () => writeFileSync(path, `edited ${random.below(1000)}`),
    () => writeFileSync(`${path}.new.js`, 'x'.repeat(random.below(100_000))),
    // As editors save: a new file takes the place of the old one.
    () => {
      writeFileSync(`${path}~`, `saved ${random.below(1000)}`)
      renameSync(`${path}~`, path)
    },
    () => rmSync(path),
    () => renameSync(path, `${path}.moved`),
    () => renameSync(below, `${below}-${random.below(10)}`),
    () => rmSync(join(path, '..', 'gone'), { recursive: true, force: true }),
    () => mkdirSync(join(path, '..', 'gone', 'deep'), { recursive: true }),
    () => chmodSync(path, random.pick([0o600, 0o644, 0o755])),
    () => symlinkSync('elsewhere', `${path}.link`),
  ]
  try {
    random.pick(edits)()
  } catch (error) {
    // Not every edit fits the tree as it is.
    if (!(error instanceof Error) || !('code' in error)) throw error
  }
}

async function expectSame(project: TestProject, folder: string): Promise<void> {
  await eventually(async () => {
    const host = withoutHistory(treeOf(folder))
    const inside = treeOf(join(rootOf(project), 'siege-app'))
    if (isDeepStrictEqual(host, inside)) return
    const paths = [...new Set([...host.keys(), ...inside.keys()])].filter(
      path => host.get(path) !== inside.get(path),
    )
    const shown = paths.slice(0, 5).map(path => {
      const [here, there] = [host.get(path)?.slice(0, 60), inside.get(path)?.slice(0, 60)]
      return `${path}: ${here} on the host, ${there} in the container`
    })
    throw new Error(`Cannot trust watch: ${paths.length} paths differ\n${shown.join('\n')}`)
  }, 60_000)
}

function withoutHistory(tree: ReadonlyMap<string, string>): ReadonlyMap<string, string> {
  return new Map([...tree].filter(([path]) => path !== '.git' && !path.startsWith('.git/')))
}
