import { createRequire } from 'node:module'
import { build } from 'esbuild'
import { expect, test } from 'vitest'
import { lazyBuiltins } from '../../scripts/bundle/lazy-builtins.ts'
import { leanListr2 } from '../../scripts/bundle/lean-listr2.ts'

/** A list with a list below its first task, drawn by a renderer that notes the states of all. */
const SOURCE = `import { Listr, ListrTaskEventType } from 'listr2'
const states = []
class Renderer {
  static nonTTY = true
  constructor(tasks) { this.tasks = tasks }
  render() { this.tasks.forEach(follow) }
  end() { states.push('end') }
}
function follow(task) {
  task.on(ListrTaskEventType.SUBTASK, tasks => tasks.forEach(follow))
  task.on(ListrTaskEventType.STATE, state => states.push(task.title + ' ' + state))
}
export async function run() {
  const below = [{ title: 'b', task: () => { throw new Error('no') } }, { title: 'c', task: (_, task) => task.skip() }]
  const options = { renderer: Renderer, concurrent: true, exitOnError: false, registerSignalListeners: false }
  await new Listr([{ title: 'a', task: (_, task) => task.newListr(below) }], options).run()
  return states
}
`

test('leanListr2 leaves a list that runs with a renderer of its own, and touches neither stdout nor heavy modules', async () => {
  const { outputFiles } = await build({
    stdin: { contents: SOURCE, loader: 'js', resolveDir: import.meta.dirname },
    bundle: true,
    write: false,
    platform: 'node',
    format: 'cjs',
    plugins: [lazyBuiltins, leanListr2],
  })
  const loaded: string[] = []
  const require = createRequire(import.meta.url)
  const module = { exports: { run: async (): Promise<readonly string[]> => [] } }
  const observe = (id: string): unknown => {
    loaded.push(id)
    return require(id)
  }
  const world = { env: {}, platform: 'linux' }
  const text = outputFiles[0]?.text ?? ''
  new Function('require', 'module', 'exports', 'process', text)(observe, module, module.exports, world)
  expect(await module.exports.run()).toEqual([
    'a STARTED',
    'b STARTED',
    'c STARTED',
    'b FAILED',
    'c SKIPPED',
    'a COMPLETED',
    'end',
  ])
  expect([...new Set(loaded)].sort()).toEqual(['node:events', 'node:util', 'util'])
  for (const left of ['log-update', 'cli-truncate', 'wrap-ansi']) expect(text).not.toContain(left)
})
