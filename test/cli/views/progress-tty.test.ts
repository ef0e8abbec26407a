import { setImmediate as nextTurn } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { TcomposeError } from '../../../src/base/tcompose-error.ts'
import { ttyProgress } from '../../../src/cli/views/progress-tty.ts'
import { aBuildStep, aBuildStepSummary } from '../../support/build-builders.ts'
import { type RecordedOutput, recordedOutput } from '../../support/cli-ports.ts'
import { aPlan, aStart, aStep, aStop } from '../../support/plan-builders.ts'

/** A view of `output`, and what ticks it. */
function aView(output: RecordedOutput) {
  const ticks: (() => void)[] = []
  let isStopped = false
  const every = (_interval: number, tick: () => void) => {
    ticks.push(tick)
    return () => {
      isStopped = true
    }
  }
  const view = ttyProgress('up', false, { output, now: () => 0, every })
  const redraw = async () => {
    await settled()
    ticks[0]?.()
  }
  return { view, redraw, isStopped: () => isStopped }
}

/** Resolves once the tasks have heard of all events, and the first picture is drawn. */
async function settled(): Promise<void> {
  await nextTurn()
  await nextTurn()
}

/** A view that draws one row. */
async function aDrawnView(output: RecordedOutput) {
  const { view, redraw } = aView(output)
  const step = aStart(1, 'web')
  view.onPlan(aPlan([step]))
  view.onEvent({ kind: 'step-started', step })
  await redraw()
  return { view, redraw }
}

/** The lines of the last picture. */
function lastPicture({ text }: RecordedOutput): readonly string[] {
  const start = text.lastIndexOf('[+]')
  return start === -1 ? [] : text.slice(start).replaceAll('\u001b[K', '').trimEnd().split('\n')
}

test('ttyProgress() draws again over what it drew, and leaves the whole picture', async () => {
  const output = recordedOutput({ columns: 40, rows: 5 })
  const { view, redraw, isStopped } = aView(output)
  const steps = Array.from({ length: 9 }, (_, index) => aStart(index + 1, `s${index}`))
  view.onPlan(aPlan(steps))
  for (const step of steps) view.onEvent({ kind: 'step-started', step })
  await settled()
  const first = output.text
  expect(first.split('\n')).toHaveLength(5)
  expect(first).not.toContain('\u001b[J')
  await redraw()
  const second = output.text.slice(first.length)
  expect(second.startsWith('\u001b[4A\r[+] up 0/9\u001b[K\n')).toBe(true)
  const before = output.text.length
  await view.close()
  expect(isStopped()).toBe(true)
  expect(output.text.slice(before).startsWith('\u001b[4A\r[+] up 0/9\u001b[K\n')).toBe(true)
  expect(lastPicture(output)).toHaveLength(10)
})

test('ttyProgress() of a plan without steps draws nothing', async () => {
  const output = recordedOutput()
  const { view, redraw } = aView(output)
  view.onPlan(aPlan([]))
  await redraw()
  await view.close()
  expect(output.text).toBe('')
})

test('ttyProgress() removes what it was asking from the screen if there is nothing to show', async () => {
  for (const plan of [aPlan([]), undefined]) {
    const output = recordedOutput()
    const { view } = aView(output)
    view.onAsk(['redis:7'])
    const before = output.text.length
    if (plan !== undefined) view.onPlan(plan)
    await view.close()
    expect(output.text.slice(before)).toBe('\u001b[1A\r\u001b[K\n\u001b[K\u001b[1A\r')
  }
})

test('ttyProgress() shows at once what no step touches', async () => {
  const output = recordedOutput()
  const { view } = aView(output)
  view.onPlan(
    aPlan([aStart(1, 'web')], {
      unchanged: ['shop-db-1', 'shop-job-1'],
      ended: ['shop-job-1'],
      keptImages: [{ label: 'redis:7', reason: 'never' }],
    }),
  )
  await settled()
  expect(lastPicture(output)).toEqual([
    '[+] up 2/3',
    ' ✔ Container shop-db-1   Running                                           0.0s',
    ' ✔ Container shop-job-1  Exited                                            0.0s',
    ' - Image redis:7         Skipped  Pull policy is "never"                   0.0s',
  ])
  await view.close()
})

test('ttyProgress() shows how each step ended, in the order in which things were touched', async () => {
  const output = recordedOutput({ columns: 60 })
  const { view } = aView(output)
  const [a, b, c, d] = [
    aStop(1, 'shop-a-1'),
    aStop(2, 'shop-b-1'),
    aStop(3, 'shop-c-1'),
    aStop(4, 'shop-d-1'),
  ]
  view.onPlan(aPlan([a, b, c, d]))
  await settled()
  for (const step of [b, a, d]) view.onEvent({ kind: 'step-started', step })
  const error = new TcomposeError('container-launch', 'no space')
  for (const [step, outcome] of [
    [a, { kind: 'done' }],
    [b, { kind: 'failed', error }],
    [c, { kind: 'skipped', blockedBy: 2 }],
    [d, { kind: 'cancelled' }],
  ] as const) {
    view.onEvent({ kind: 'step-finished', step, outcome, tookMs: 1 })
  }
  await view.close()
  expect(lastPicture(output)).toEqual([
    '[+] up 1/4',
    ' ✘ Container shop-b-1  Error      no space             0.0s',
    ' ✔ Container shop-a-1  Stopped                         0.0s',
    ' - Container shop-d-1  Cancelled                       0.0s',
    ' - Container shop-c-1  Skipped    needs Container shop… 0.0s',
  ])
})

test('ttyProgress() keeps one row for a thing, that of the step that began last', async () => {
  const output = recordedOutput({ columns: 60 })
  const { view, redraw } = aView(output)
  const start = aStart(1, 'web')
  const wait = aStep(2, {
    kind: 'await-service',
    service: 'web',
    condition: 'service_healthy',
    required: true,
    replicas: [
      { service: 'web', number: 1 },
      { service: 'web', number: 2 },
    ],
  })
  view.onPlan(aPlan([start, wait]))
  view.onEvent({ kind: 'step-started', step: start })
  await redraw()
  expect(lastPicture(output)).toEqual([
    '[+] up 0/1',
    ' ⠋ Container shop-web-1  Starting                      0.0s',
  ])
  view.onEvent({ kind: 'step-started', step: wait })
  view.onEvent({ kind: 'step-finished', step: start, outcome: { kind: 'done' }, tookMs: 1 })
  await redraw()
  expect(lastPicture(output)).toEqual([
    '[+] up 0/2',
    ' ⠋ Container shop-web-1  Waiting                       0.0s',
    ' ⠋ Container shop-web-2  Waiting                       0.0s',
  ])
  view.onEvent({ kind: 'step-finished', step: wait, outcome: { kind: 'done' }, tookMs: 1 })
  await view.close()
  expect(lastPicture(output)).toEqual([
    '[+] up 2/2',
    ' ✔ Container shop-web-1  Healthy                       0.0s',
    ' ✔ Container shop-web-2  Healthy                       0.0s',
  ])
})

test('ttyProgress() shows no step that never began, and of others what they did when the run broke off', async () => {
  const output = recordedOutput({ columns: 60 })
  const { view } = await aDrawnView(output)
  await view.close()
  expect(lastPicture(output)).toEqual([
    '[+] up 0/1',
    ' - Container shop-web-1  Starting                      0.0s',
  ])
})

test('ttyProgress() shows a warning and a transfer on the row of their step', async () => {
  const output = recordedOutput()
  const { view, redraw } = aView(output)
  const step = aStart(1, 'web')
  const fetch = aStep(2, { kind: 'fetch-image', image: 'redis:7', policy: 'missing' })
  view.onPlan(aPlan([step, fetch]))
  view.onEvent({ kind: 'step-started', step })
  view.onEvent({ kind: 'warning', step, message: 'no swap accounting' })
  view.onEvent({ kind: 'step-started', step: fetch })
  const progress = { isAllHere: false, layersDone: 0, layersTotal: 1, bytesDone: 5, bytesTotal: 10 }
  view.onEvent({ kind: 'step-progress', step: fetch, progress })
  await redraw()
  expect(lastPicture(output)[1]).toContain('Starting  no swap accounting')
  expect(lastPicture(output)[2]).toContain('Pulling   50%  5B / 10B')
  await view.close()
})

test('ttyProgress() goes on with the picture of builds when the plan behind them is known', async () => {
  const output = recordedOutput({ columns: 60 })
  const { view, redraw } = aView(output)
  const build = aBuildStep(1, 'web')
  const steps = [aBuildStepSummary(1, 'RUN a'), aBuildStepSummary(2, 'RUN b')]
  view.onPlan(aPlan([build]))
  view.onEvent({ kind: 'step-started', step: build })
  view.onEvent({ kind: 'build', step: build, event: { kind: 'planned', steps } })
  view.onEvent({ kind: 'build', step: build, event: { kind: 'step-started', id: 1 } })
  view.onEvent({
    kind: 'build',
    step: build,
    event: { kind: 'notice', message: 'no user "app"', span: undefined },
  })
  await redraw()
  expect(lastPicture(output)).toEqual([
    '[+] up 0/1',
    ' ⠋ Image shop-web  Building  0/2 steps                 0.0s',
    '   [2/3] RUN a                                         0.0s',
  ])
  for (const id of [1, 2]) {
    const event = { kind: 'step-finished', id, outcome: id === 1 ? 'done' : 'cached', tookMs: 1 } as const
    view.onEvent({ kind: 'build', step: build, event })
  }
  view.onEvent({ kind: 'step-finished', step: build, outcome: { kind: 'done' }, tookMs: 1 })
  const start = aStart(1, 'web')
  view.onPlan(aPlan([start]))
  view.onWait({ name: 'pid 7', command: 'tcompose down' })
  view.onAsk(['redis:7'])
  view.onEvent({ kind: 'step-started', step: start })
  await redraw()
  const picture = [
    '[+] up 1/2',
    ' ✔ Image shop-web        Built     2 steps, 1 cached   0.0s',
    ' ⠋ Container shop-web-1  Starting                      0.0s',
  ]
  expect(lastPicture(output)).toEqual(picture)
  view.onEvent({ kind: 'step-finished', step: start, outcome: { kind: 'done' }, tookMs: 1 })
  await view.close()
  expect(lastPicture(output).slice(0, 2)).toEqual([
    '[+] up 2/2',
    ' ✔ Image shop-web        Built    2 steps, 1 cached    0.0s',
  ])
  expect(output.text.match(/^\[web\] no user "app"$/gm)).toHaveLength(1)
  expect(output.text.match(/Waiting for/g)).toHaveLength(1)
  expect(output.text).not.toContain('Checking the registry')
})

test('ttyProgress() listens for no signals', async () => {
  const counts = () => ['SIGINT', 'SIGTERM', 'exit'].map(name => process.listenerCount(name))
  const before = counts()
  const { view } = await aDrawnView(recordedOutput())
  expect(counts()).toEqual(before)
  await view.close()
})

test('ttyProgress() puts what others write above the picture when it draws again', async () => {
  const output = recordedOutput({ isTerminal: true })
  const { view, redraw } = await aDrawnView(output)
  const before = output.text
  view.write(output, 'one\n')
  view.write(output, 'two\n')
  expect(output.text).toBe(before)
  await redraw()
  const text = output.text.slice(before.length)
  const erased = '\u001b[2A\r\u001b[K\n\u001b[K\n\u001b[K\u001b[2A\r'
  expect(text.startsWith(`${erased}one\ntwo\n[+] up 0/1\u001b[K\n`)).toBe(true)
  expect(text).toContain('Starting')
})

test('ttyProgress() draws nothing below a line that goes on, and its last picture behind it', async () => {
  const output = recordedOutput({ isTerminal: true })
  const { view, redraw } = await aDrawnView(output)
  view.write(output, 'a piece')
  await redraw()
  await redraw()
  expect(output.text.endsWith('\u001b[2A\ra piece')).toBe(true)
  await view.close()
  expect(output.text).toContain('a piece\n[+] up 0/1\u001b[K\n')
})

test('ttyProgress() writes at once what is no terminal, what is much, and what comes afterwards', async () => {
  const output = recordedOutput({ isTerminal: true })
  const file = recordedOutput()
  const { view } = await aDrawnView(output)
  view.write(file, 'to a file\n')
  expect(file.text).toBe('to a file\n')
  const much = `${'x'.repeat(70_000)}\n`
  view.write(output, much)
  expect(output.text.endsWith(much)).toBe(true)
  view.write(output, 'last\n')
  await view.close()
  expect(output.text).toContain(`${much}last\n[+]`)
  view.write(output, 'after\n')
  expect(output.text.endsWith('after\n')).toBe(true)
})

test('ttyProgress() goes up no further than a terminal is high that was made smaller', async () => {
  const output = recordedOutput({ isTerminal: true })
  const { view, redraw } = await aDrawnView(output)
  const before = output.text.length
  Object.defineProperty(output, 'rows', { value: 2 })
  await redraw()
  await view.close()
  expect(output.text.slice(before)).not.toContain('\u001b[2A')
})
