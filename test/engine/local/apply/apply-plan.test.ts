import { expect, test } from 'vitest'
import { networkPath } from '../../../../src/base/model-path.ts'
import { TcomposeError } from '../../../../src/base/tcompose-error.ts'
import type { StepEvent } from '../../../../src/engine/engine.ts'
import { applyPlan } from '../../../../src/engine/local/apply/apply-plan.ts'
import { SystemCallError } from '../../../../src/linux/libc.ts'
import { parseProjectName } from '../../../../src/model/names.ts'
import type { Plan, Step } from '../../../../src/planner/plan.ts'

const SIGNAL = new AbortController().signal

function stepOf(id: number, action: Step['action']): Step {
  return { id, action, cause: '', dependsOn: [], origin: undefined, destructive: undefined }
}

function planOf(...actions: readonly Step['action'][]): Plan {
  const steps = actions.map((action, index) => stepOf(index + 1, action))
  return { project: parseProjectName('shop'), changes: [], steps, warnings: [] }
}

const NETWORKS = ['a', 'b', 'c', 'd'].map(key => ({ kind: 'remove-network', key, name: key }) as const)

for (const { parallel, most } of [
  { parallel: undefined, most: 4 },
  { parallel: 2, most: 2 },
  { parallel: 1, most: 1 },
]) {
  test(`applyPlan() has ${most} of 4 steps at work with a limit of ${parallel}`, async () => {
    let atWork = 0
    let seen = 0
    const run = async (): Promise<void> => {
      seen = Math.max(seen, ++atWork)
      await new Promise(resolve => setImmediate(resolve))
      atWork--
    }
    const { outcomes } = await applyPlan(planOf(...NETWORKS), run, {
      signal: SIGNAL,
      onEvent: () => undefined,
      parallel,
    })
    expect([...outcomes.values()].every(({ kind }) => kind === 'done')).toBe(true)
    expect(seen).toBe(most)
  })
}

test('applyPlan() lets a wait hold up no step', async () => {
  const wait = {
    kind: 'await-service',
    service: 'db',
    condition: 'service_started',
    required: true,
    replicas: [],
  } as const
  let release = (): void => undefined
  const released = new Promise<void>(resolve => {
    release = resolve
  })
  const run = async ({ action }: Step): Promise<void> =>
    action.kind === 'await-service' ? await released : release()
  const options = { signal: SIGNAL, onEvent: () => undefined, parallel: 1 }
  const { outcomes } = await applyPlan(
    planOf(wait, { kind: 'remove-network', key: 'a', name: 'a' }),
    run,
    options,
  )
  expect([...outcomes.values()].map(({ kind }) => kind)).toEqual(['done', 'done'])
})

/** Runs `network`, which fails with `error`, then a wait for `db` behind it, and what needs that. */
async function failThenWait({ error, required }: { readonly error: unknown; readonly required: boolean }) {
  const [first, second, third] = planOf(
    { kind: 'remove-network', key: 'a', name: 'a' },
    { kind: 'await-service', service: 'db', condition: 'service_started', required, replicas: [] },
    { kind: 'remove-network', key: 'b', name: 'b' },
  ).steps
  if (first === undefined || second === undefined || third === undefined) throw new Error('three steps')
  const steps = [
    { ...first, origin: networkPath('a') },
    { ...second, dependsOn: [1] },
    { ...third, dependsOn: [2] },
  ]
  const events: StepEvent[] = []
  const ran: number[] = []
  const { outcomes } = await applyPlan(
    { ...planOf(), steps },
    async ({ id }) => {
      ran.push(id)
      if (id === 1) throw error
    },
    { signal: SIGNAL, onEvent: event => events.push(event) },
  )
  const warnings = events.flatMap(event => (event.kind === 'warning' ? [event.message] : []))
  return { outcomes: [...outcomes.values()], warnings, ran }
}

test('applyPlan() skips what is behind a failure, and says which step is to blame', async () => {
  const error = new TcomposeError('network', 'Cannot remove network "a"')
  const { outcomes, warnings, ran } = await failThenWait({ error, required: true })
  expect(outcomes).toMatchObject([
    { kind: 'failed', error: { code: 'network', origin: 'networks.a' } },
    { kind: 'skipped', blockedBy: 1 },
    { kind: 'skipped', blockedBy: 2 },
  ])
  expect(warnings).toEqual([])
  expect(ran).toEqual([1])
})

test('applyPlan() goes on with a warning where nothing needs the service to start', async () => {
  const error = new TcomposeError('network', 'Cannot remove network "a"')
  const { outcomes, warnings, ran } = await failThenWait({ error, required: false })
  expect(outcomes.map(({ kind }) => kind)).toEqual(['failed', 'done', 'done'])
  expect(warnings).toEqual(['Service "db" did not start; nothing depends on it'])
  expect(ran).toEqual([1, 3])
})

for (const { what, error, code } of [
  {
    what: 'a call of the kernel',
    error: new SystemCallError('mount', 1, '/a'),
    code: 'system-call',
  },
  {
    what: 'a call of Node',
    error: Object.assign(new Error('EPERM: open'), { syscall: 'open' }),
    code: 'system-call',
  },
  {
    what: 'a full disk',
    error: Object.assign(new Error('ENOSPC'), { code: 'ENOSPC', syscall: 'write' }),
    code: 'disk-refuses',
  },
  { what: 'a bug', error: new TypeError('undefined is not a function'), code: 'internal' },
  { what: 'what is no error', error: 'thrown', code: 'internal' },
]) {
  test(`applyPlan() makes ${what} the failure ${code} of its step`, async () => {
    const { outcomes } = await failThenWait({ error, required: true })
    expect(outcomes[0]).toMatchObject({ kind: 'failed', error: { code, origin: 'networks.a' } })
  })
}

test('applyPlan() fails a step whose object does not go, though its handler has ended', async () => {
  const failure = new TcomposeError('network', 'Cannot remove network "a"')
  const { outcomes } = await applyPlan(
    planOf({ kind: 'remove-network', key: 'a', name: 'a' }, { kind: 'remove-network', key: 'b', name: 'b' }),
    async ({ id }, { doneWhen, leave }) => {
      if (id === 1) doneWhen(Promise.reject(failure))
      doneWhen(Promise.resolve())
      if (id === 2) leave('it is in use')
    },
    { signal: SIGNAL, onEvent: () => undefined },
  )
  expect([...outcomes.entries()].toSorted(([a], [b]) => a - b)).toMatchObject([
    [1, { kind: 'failed', error: { message: failure.message } }],
    [2, { kind: 'done', left: 'it is in use' }],
  ])
})
