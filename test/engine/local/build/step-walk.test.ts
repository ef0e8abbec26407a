import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { BuildSession } from '../../../../src/engine/local/build/build-session.ts'
import { ContextTrees } from '../../../../src/engine/local/build/context-trees.ts'
import { readsOf } from '../../../../src/engine/local/build/reads-of.ts'
import { StepWalk } from '../../../../src/engine/local/build/step-walk.ts'
import type { BuildEvent } from '../../../../src/model/build-event.ts'
import type { BuildGraph, BuildStep } from '../../../../src/planner/build/build-graph.ts'
import { openLease } from '../../../../src/store/lease.ts'
import { aCopyStep, aRunStep } from '../../../support/build-steps.ts'
import { temporaryFolder } from '../../../support/temporary-folder.ts'

/** Returns a graph of commands, each on top of the one before it. */
function chain(...commands: readonly string[]): BuildGraph {
  const steps = commands.map((command, index) =>
    aRunStep(
      { argv: [command] },
      { id: index + 1, parent: index === 0 ? { kind: 'scratch' } : { kind: 'step', id: index } },
    ),
  )
  return graphOf(steps)
}

function graphOf(steps: readonly BuildStep[]): BuildGraph {
  return {
    steps,
    result: { kind: 'step', id: steps.length },
    document: {},
    history: [],
    baseImage: undefined,
  }
}

/** Walks graphs in data folders; commands write their name into a file, and `fail` fails. */
class Scene implements Disposable {
  readonly #folder = temporaryFolder()
  readonly ran: string[] = []
  /** What each walk said of its commands. */
  readonly commandsRan: boolean[] = []
  readonly events: BuildEvent[] = []
  /** What walks know of files that steps read. */
  readonly knownContents = new Map<string, readonly string[]>()

  session() {
    const roots = { data: join(this.#folder.path, 'data'), run: join(this.#folder.path, 'run') }
    const lease = openLease(roots)
    const session = new BuildSession(roots, lease)
    return {
      session,
      walk: (graph: BuildGraph) => this.#walk(session, graph),
      [Symbol.asyncDispose]: async () => {
        await session[Symbol.asyncDispose]()
        lease[Symbol.dispose]()
      },
    }
  }

  async #walk(session: BuildSession, graph: BuildGraph) {
    const failure = new AbortController()
    const { signal } = failure
    const walk = new StepWalk({
      graph,
      bases: new Map(),
      contexts: new ContextTrees(new Map()),
      remote: { digestOf: notAsked, open: notAsked },
      settings: { extraHosts: [], shmSize: undefined, ulimits: new Map() },
      knownContents: this.knownContents,
      session,
      caches: [],
      signal,
      onEvent: event => this.events.push(event),
      perform: async ({ operation }, folder) => {
        const name = operation.kind === 'run' ? (operation.argv[0] ?? '') : operation.kind
        if (name === 'fail') throw new Error('it failed')
        if (name === 'wait') await aborted(signal)
        this.ran.push(name)
        mkdirSync(folder)
        writeFileSync(join(folder, name), name)
        return { isAsKeyed: name !== 'changed' }
      },
    })
    const walking = walk.run(failure)
    walking.catch(() => undefined)
    this.commandsRan.push(await walk.commandsRan())
    return await walking
  }

  [Symbol.dispose](): void {
    this.#folder[Symbol.dispose]()
  }
}

async function notAsked(): Promise<never> {
  throw new Error('nothing is fetched')
}

async function aborted(signal: AbortSignal): Promise<never> {
  await new Promise(resolve => signal.addEventListener('abort', resolve))
  throw new DOMException('it was aborted', 'AbortError')
}

test('StepWalk.run() runs each step on what is below it, and finds all of them the next time', async () => {
  using scene = new Scene()
  {
    await using one = scene.session()
    const states = await one.walk(chain('a', 'b'))
    expect(states.get(2)?.layers.length).toBe(2)
  }
  expect(scene.ran).toEqual(['a', 'b'])
  await using two = scene.session()
  await two.walk(chain('a', 'b', 'c'))
  expect(scene.ran).toEqual(['a', 'b', 'c'])
  expect(scene.commandsRan).toEqual([true, true])
  expect(scene.events.slice(-4)).toMatchObject([
    { kind: 'step-finished', id: 1, outcome: 'cached' },
    { kind: 'step-finished', id: 2, outcome: 'cached' },
    { kind: 'step-started', id: 3 },
    { kind: 'step-finished', id: 3, outcome: 'done' },
  ])
})

test('StepWalk.run() runs what is above a step that ran again, though that made the same files', async () => {
  using scene = new Scene()
  const again = (ignoresCache: boolean): BuildGraph =>
    graphOf(chain('a', 'b').steps.map(step => (step.id === 1 ? { ...step, ignoresCache } : step)))
  for (const ignoresCache of [false, true, false]) {
    await using session = scene.session()
    await session.walk(again(ignoresCache))
  }
  expect(scene.ran).toEqual(['a', 'b', 'a', 'b'])
})

test('StepWalk.run() keeps what was done before a failure, ends what runs, and reports the failure', async () => {
  using scene = new Scene()
  const graph = graphOf([
    ...chain('a', 'fail').steps,
    aRunStep({ argv: ['wait'] }, { id: 3, parent: { kind: 'scratch' } }),
  ])
  {
    await using session = scene.session()
    await expect(session.walk(graph)).rejects.toThrow('it failed')
  }
  expect(scene.commandsRan).toEqual([false])
  expect(scene.events).toContainEqual(expect.objectContaining({ id: 2, outcome: 'failed' }))
  expect(scene.events).toContainEqual(expect.objectContaining({ id: 3, outcome: 'cancelled' }))
  await using session = scene.session()
  await session.walk(chain('a', 'b'))
  expect(scene.ran).toEqual(['a', 'b'])
})

test('StepWalk.run() shares steps with other builds of the session', async () => {
  using scene = new Scene()
  await using session = scene.session()
  await Promise.all([session.walk(chain('a', 'b', 'c')), session.walk(chain('a', 'b', 'd'))])
  expect(scene.ran.toSorted()).toEqual(['a', 'b', 'c', 'd'])
})

test('StepWalk.run() does not record a step whose files changed while it read them', async () => {
  using scene = new Scene()
  for (const _ of [1, 2]) {
    await using session = scene.session()
    await session.walk(chain('changed'))
  }
  expect(scene.ran).toEqual(['changed', 'changed'])
})

test('StepWalk.run() does not look again at files of a result of which it knows what was read', async () => {
  using scene = new Scene()
  const copy = aCopyStep({
    sources: [{ kind: 'tree', from: { kind: 'scratch' }, path: '/absent', span: aCopyStep().span }],
  })
  await using one = scene.session()
  await expect(one.walk(graphOf([copy]))).rejects.toThrow('/absent')
  const reads = await readsOf(copy.operation, async () => 'scratch')
  scene.knownContents.set(reads ?? '', ['as it was'])
  const states = await one.walk(graphOf([copy]))
  expect(states.get(1)).toMatchObject({ contents: ['as it was'], reads })
})
