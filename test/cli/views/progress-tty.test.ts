import { expect, test } from 'vitest'
import { ttyProgress } from '../../../src/cli/views/progress-tty.ts'
import { type RecordedOutput, recordedOutput } from '../../support/cli-ports.ts'
import { aPlan, aStart } from '../../support/plan-builders.ts'

test('ttyProgress() draws again over what it drew, and leaves the whole picture', () => {
  const output = recordedOutput({ columns: 40, rows: 5 })
  const ticks: (() => void)[] = []
  let isStopped = false
  const view = ttyProgress('up', false, {
    output,
    now: () => 0,
    every: (_interval, tick) => {
      ticks.push(tick)
      return () => {
        isStopped = true
      }
    },
  })
  const steps = Array.from({ length: 9 }, (_, index) => aStart(index + 1, `s${index}`))
  view.onPlan(aPlan(steps))
  for (const step of steps) view.onEvent({ kind: 'step-started', step })
  ticks[0]?.()
  const [first = ''] = [output.text]
  expect(first.split('\n')).toHaveLength(5)
  expect(first).not.toContain('\u001b[J')
  view.close()
  expect(isStopped).toBe(true)
  expect(output.text.slice(first.length).startsWith('\u001b[4A\r[+] up 0/9\u001b[K\n')).toBe(true)
  expect(output.text.slice(first.length).replaceAll('\u001b[K', '').trim().split('\n')).toHaveLength(10)
})

test('ttyProgress() of a plan without steps draws nothing', () => {
  const output = recordedOutput()
  const view = ttyProgress('up', false, { output, now: () => 0, every: () => () => {} })
  view.onPlan(aPlan([]))
  view.close()
  expect(output.text).toBe('')
})

/** A view that draws one row, and what ticks it. */
function aDrawnView(output: RecordedOutput) {
  const ticks: (() => void)[] = []
  const every = (_interval: number, tick: () => void) => {
    ticks.push(tick)
    return () => {}
  }
  const view = ttyProgress('up', false, { output, now: () => 0, every })
  const step = aStart(1, 'web')
  view.onPlan(aPlan([step]))
  view.onEvent({ kind: 'step-started', step })
  const redraw = () => ticks[0]?.()
  redraw()
  return { view, redraw }
}

test('ttyProgress() puts what others write above the picture when it draws again', () => {
  const output = recordedOutput({ isTerminal: true })
  const { view, redraw } = aDrawnView(output)
  const before = output.text
  view.write(output, 'one\n')
  view.write(output, 'two\n')
  expect(output.text).toBe(before)
  redraw()
  const text = output.text.slice(before.length)
  const erased = '\u001b[2A\r\u001b[K\n\u001b[K\n\u001b[K\u001b[2A\r'
  expect(text.startsWith(`${erased}one\ntwo\n[+] up 0/1\u001b[K\n`)).toBe(true)
  expect(text).toContain('Starting')
})

test('ttyProgress() draws nothing below a line that goes on, and its last picture behind it', () => {
  const output = recordedOutput({ isTerminal: true })
  const { view, redraw } = aDrawnView(output)
  view.write(output, 'a piece')
  redraw()
  redraw()
  expect(output.text.endsWith('\u001b[2A\ra piece')).toBe(true)
  view.close()
  expect(output.text).toContain('a piece\n[+] up 0/1\u001b[K\n')
})

test('ttyProgress() writes at once what is no terminal, what is much, and what comes afterwards', () => {
  const output = recordedOutput({ isTerminal: true })
  const file = recordedOutput()
  const { view } = aDrawnView(output)
  view.write(file, 'to a file\n')
  expect(file.text).toBe('to a file\n')
  const much = `${'x'.repeat(70_000)}\n`
  view.write(output, much)
  expect(output.text.endsWith(much)).toBe(true)
  view.write(output, 'last\n')
  view.close()
  expect(output.text).toContain(`${much}last\n[+]`)
  view.write(output, 'after\n')
  expect(output.text.endsWith('after\n')).toBe(true)
})

test('ttyProgress() goes up no further than a terminal is high that was made smaller', () => {
  const output = recordedOutput({ isTerminal: true })
  const { view, redraw } = aDrawnView(output)
  const before = output.text.length
  Object.defineProperty(output, 'rows', { value: 2 })
  redraw()
  view.close()
  expect(output.text.slice(before)).not.toContain('\u001b[2A')
})
