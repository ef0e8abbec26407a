import { expect, test } from 'vitest'
import { ttyProgress } from '../../../src/cli/views/progress-tty.ts'
import { recordedOutput } from '../../support/cli-ports.ts'
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
  view.close()
  expect(isStopped).toBe(true)
  expect(output.text.slice(first.length).startsWith('\u001b[4A\r\u001b[J[+] up 0/9\n')).toBe(true)
  expect(output.text.slice(first.length).trim().split('\n')).toHaveLength(10)
})

test('ttyProgress() of a plan without steps draws nothing', () => {
  const output = recordedOutput()
  const view = ttyProgress('up', false, { output, now: () => 0, every: () => () => {} })
  view.onPlan(aPlan([]))
  view.close()
  expect(output.text).toBe('')
})
