import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { afterEach, expect, test } from 'vitest'
import { type EndingKeeper, endProcess } from '../../../../src/engine/local/apply/end-process.ts'

const SIGKILL = 9
const SIGTERM = 15

const children: ChildProcess[] = []
afterEach(() => {
  for (const child of children.splice(0)) child.kill('SIGKILL')
})

/** Starts a shell that ignores SIGTERM or answers it with what it says, and a keeper that has it. */
async function keep(onTerm: string) {
  const child = spawn('sh', ['-c', `trap '${onTerm}' TERM; echo ready; while :; do sleep 0.05; done`])
  children.push(child)
  const signals: number[] = []
  const exit = once(child, 'exit')
  await once(child.stdout, 'data')
  const keeper: EndingKeeper = {
    hasEnded: false,
    signal: async (_id, signal) => {
      signals.push(signal)
      child.kill(signal)
    },
    wait: async () => {
      await exit
      return { status: 0, finishedAt: 0n }
    },
  }
  return { keeper, signals, exit }
}

test('endProcess() lets a process take its time to end within the grace period', async () => {
  const { keeper, signals, exit } = await keep('sleep 0.3; exit 3')
  expect(await endProcess(keeper, { id: 'a', signal: SIGTERM, graceMs: 60_000 })).toBe(true)
  expect(await exit).toEqual([3, null])
  expect(signals).toEqual([SIGTERM])
})

test('endProcess() kills what has not ended after the grace period, and not before', async () => {
  const { keeper, signals, exit } = await keep('')
  const start = performance.now()
  expect(await endProcess(keeper, { id: 'a', signal: SIGTERM, graceMs: 200 })).toBe(true)
  expect(performance.now() - start).toBeGreaterThanOrEqual(199)
  expect(await exit).toEqual([null, 'SIGKILL'])
  expect(signals).toEqual([SIGTERM, SIGKILL])
})

test('endProcess() takes a grace period that no timer lasts for a long one', async () => {
  const { keeper, signals } = await keep('sleep 0.2; exit 3')
  expect(await endProcess(keeper, { id: 'a', signal: SIGTERM, graceMs: 2 ** 40 })).toBe(true)
  expect(signals).toEqual([SIGTERM])
})

test('endProcess() waits no longer and kills nothing when it is cancelled in the grace period', async () => {
  const { keeper, signals } = await keep('')
  const controller = new AbortController()
  const ending = endProcess(keeper, { id: 'a', signal: SIGTERM, graceMs: 60_000, cancel: controller.signal })
  controller.abort()
  await expect(ending).rejects.toThrow('aborted')
  expect(signals).toEqual([SIGTERM])
})

test('endProcess() waits for no grace period where the signal is SIGKILL', async () => {
  const { keeper, signals, exit } = await keep('')
  expect(await endProcess(keeper, { id: 'a', signal: SIGKILL, graceMs: 0 })).toBe(true)
  expect(await exit).toEqual([null, 'SIGKILL'])
  expect(signals).toEqual([SIGKILL])
})

test('endProcess() says so where a process outlives SIGKILL', async () => {
  const signals: number[] = []
  const keeper: EndingKeeper = {
    hasEnded: false,
    signal: async (_id, signal) => void signals.push(signal),
    wait: () => new Promise(() => {}),
  }
  const ending = { id: 'a', signal: SIGTERM, graceMs: 10, patienceMs: 10 }
  expect(await endProcess(keeper, ending)).toBe(false)
  expect(signals).toEqual([SIGTERM, SIGKILL])
})

test('endProcess() has nothing to do for a process that is gone, and hides no other failure', async () => {
  const fail = (code: string): EndingKeeper => {
    const refuse = () => Promise.reject(Object.assign(new Error(code), { code }))
    return { hasEnded: false, signal: refuse, wait: refuse }
  }
  const ending = { id: 'a', signal: SIGTERM, graceMs: 60_000 }
  expect(await endProcess(fail('ESRCH'), ending)).toBe(true)
  await expect(endProcess(fail('EPERM'), ending)).rejects.toThrow('EPERM')
})
