import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { afterEach, expect, test } from 'vitest'
import { discardsSignal } from '../../src/linux/discards-signal.ts'
import { eventually } from '../support/eventually.ts'

const SIGTERM = 15
const SIGKILL = 9
const UNSHARE = ['--map-root-user', '--pid', '--fork', '--kill-child']
const canUnshare = spawnSync('unshare', [...UNSHARE, 'true']).status === 0

const children: ChildProcess[] = []
afterEach(() => {
  for (const child of children.splice(0)) child.kill('SIGKILL')
})

/** Runs `script` as the first process of a PID namespace until it says ready, and returns its pid. */
async function firstProcess(script: string): Promise<number> {
  const child = spawn('unshare', [...UNSHARE, 'sh', '-c', script])
  children.push(child)
  await once(child.stdout, 'data')
  return Number(readFileSync(`/proc/${child.pid}/task/${child.pid}/children`, 'latin1').trim())
}

test.skipIf(!canUnshare)(
  'discardsSignal() is true of a first process without a handler, but for SIGKILL',
  async () => {
    const pid = await firstProcess('echo ready; exec sleep 60')
    expect(discardsSignal(pid, SIGTERM)).toBe(true)
    expect(discardsSignal(pid, SIGKILL)).toBe(false)
  },
)

for (const script of [
  "trap 'exit 0' TERM; echo ready; while :; do sleep 60 & wait; done",
  "trap '' TERM; echo ready; exec sleep 60",
  "exec python3 -c 'import signal; signal.pthread_sigmask(0, [15]); print(1, flush=True); signal.sigwait([15])'",
]) {
  test.skipIf(!canUnshare)(`discardsSignal() is false of a first process of ${script}`, async () => {
    const pid = await firstProcess(script)
    for (let look = 0; look < 100; look++) expect(discardsSignal(pid, SIGTERM)).toBe(false)
    // What waits for a signal says that it blocks none.
    await eventually(async () => expect(readFileSync(`/proc/${pid}/stat`, 'latin1')).toMatch(/\) S /))
    expect(discardsSignal(pid, SIGTERM)).toBe(false)
  })
}

test('discardsSignal() is false of a process that is not the first, and of one that has ended', () => {
  const sleep = spawn('sleep', ['60'])
  children.push(sleep)
  expect(discardsSignal(sleep.pid ?? 0, SIGTERM)).toBe(false)
  expect(discardsSignal(2 ** 22 + 1, SIGTERM)).toBe(false)
})
