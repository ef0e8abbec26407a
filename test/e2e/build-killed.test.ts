import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import {
  findAbandonedSessions,
  sweepRunSessions,
} from '../../src/engine/local/build/run/sweep-run-sessions.ts'
import { findOrphans } from '../../src/engine/local/doctor/find-orphans.ts'
import { findKeeper } from '../../src/runtime/keeper/find-keeper.ts'
import { BuildSession, SPAN } from '../support/build-session.ts'
import { eventually } from '../support/eventually.ts'
import { processesWith } from '../support/processes-with.ts'

const PROGRAM = join(import.meta.dirname, '../support/build-program.ts')
const MARK = '86399.5'

/** Kills a build in the middle of a command whose processes ignore what they can. */
async function killBuild(build: BuildSession): Promise<void> {
  const script = `trap "" TERM INT HUP; (trap "" TERM INT HUP; setsid sleep ${MARK}) & echo begun; wait`
  const child = startBuild(build, script, 1)
  const exit = once(child, 'exit')
  if (child.stdout !== null) await once(createInterface({ input: child.stdout }), 'line')
  child.kill('SIGKILL')
  await exit
}

function startBuild({ roots, base }: BuildSession, script: string, count: number): ChildProcess {
  return spawn(process.execPath, [PROGRAM, roots.data, roots.run, base, script, String(count)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
}

test('a killed build leaves nothing that runs, and the next one removes the rest', async () => {
  const build = await BuildSession.open()
  if (typeof build === 'string') throw new Error(build)
  await using _build = build
  await killBuild(build)
  await eventually(async () => expect(processesWith(MARK)).toEqual([]))
  expect(findAbandonedSessions(build.roots)).toHaveLength(1)
  expect((await build.run({ operation: { network: 'default' } })).exitCode).toBe(0)
  expect(findAbandonedSessions(build.roots)).toEqual([])
})

test('doctor finds what a killed build left, and nothing of one that runs', async () => {
  const build = await BuildSession.open()
  if (typeof build === 'string') throw new Error(build)
  await using _build = build
  await build.run({ operation: { network: 'default' } })
  expect(findOrphans(build.roots)).toEqual([])
  await killBuild(build)
  await eventually(async () => expect(processesWith(MARK)).toEqual([]))
  const orphans = findOrphans(build.roots)
  expect(orphans.map(({ name }) => name)).toEqual([
    expect.stringMatching(/^what a killed build left, tmp-\d+-\d+-1$/),
  ])
  for (const { remove } of orphans) await remove()
  expect(findOrphans(build.roots)).toEqual([])
  await sweepRunSessions(build.roots)
})

test('a session that is closed ends what runs, and runs nothing more', async () => {
  const build = await BuildSession.open()
  if (typeof build === 'string') throw new Error(build)
  await using _build = build
  const begun = Promise.withResolvers<void>()
  const script = `echo begun; exec sleep ${MARK}`
  const running = build.run({ script, operation: { network: 'default' }, onLine: () => begun.resolve() })
  await begun.promise
  const [, ran] = await Promise.allSettled([build.session[Symbol.asyncDispose](), running])
  expect(ran).toMatchObject({ status: 'rejected', reason: { name: 'AbortError' } })
  expect(processesWith(MARK)).toEqual([])
  await expect(build.run({})).rejects.toMatchObject({ name: 'AbortError' })
})

test('a session outlives the end of its keeper: steps fail, and nothing is left', async () => {
  const build = await BuildSession.open()
  if (typeof build === 'string') throw new Error(build)
  await using _build = build
  const socket = join(build.roots.run, 'builds', build.name, 'keeper.sock')
  const script = `echo begun; exec sleep ${MARK}`
  const onLine = (): void => {
    const pid = findKeeper(socket)
    if (pid !== undefined) process.kill(pid, 'SIGKILL')
  }
  await expect(build.run({ script, onLine })).rejects.toMatchObject({ code: 'keeper', span: SPAN })
  await eventually(async () => expect(processesWith(MARK)).toEqual([]))
})

test('a build that is killed at any moment leaves nothing that the next one does not remove', async () => {
  const build = await BuildSession.open()
  if (typeof build === 'string') throw new Error(build)
  await using _build = build
  const script = `echo x >> /srv/f; (trap "" TERM; sleep ${MARK}) & ls /srv > /etc/list`
  const duration = await timed(async () => once(startBuild(build, script, 5), 'exit'))
  for (const part of fc.sample(fc.noBias(fc.double({ min: 0.3, max: 1, noNaN: true })), {
    seed: 7,
    numRuns: 8,
  })) {
    const child = startBuild(build, script, 5)
    const exit = once(child, 'exit')
    const timer = setTimeout(() => child.kill('SIGKILL'), duration * part)
    await exit
    clearTimeout(timer)
    await eventually(async () => expect(processesWith(MARK)).toEqual([]))
  }
  await sweepRunSessions(build.roots)
  expect(findAbandonedSessions(build.roots)).toEqual([])
  expect((await build.run({ script, operation: { network: 'default' } })).files).toEqual([
    'etc/',
    'etc/list',
    'srv/',
    'srv/f',
  ])
})

async function timed(work: () => Promise<unknown>): Promise<number> {
  const begun = performance.now()
  await work()
  return performance.now() - begun
}
