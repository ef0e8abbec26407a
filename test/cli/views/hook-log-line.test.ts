import { expect, test } from 'vitest'
import { hookLogLine } from '../../../src/cli/views/hook-log-line.ts'
import { logView } from '../../../src/cli/views/log-view.ts'
import { containerIdOf } from '../../support/apply-plan.ts'
import { aStart } from '../../support/plan-builders.ts'

test('hookLogLine() is shown with the label of its container and an arrow', () => {
  const origin = { container: containerIdOf(1), name: 'shop-web-1', service: 'web', number: 1 }
  const line = {
    kind: 'hook-line',
    step: aStart(1, 'web'),
    ...origin,
    stream: 'stderr',
    text: 'hello',
  } as const
  const format = logView(['shop-web-1'], { isColored: false, hasPrefix: true, hasTimestamps: true })
  expect(format(hookLogLine(line, Date.parse('2026-11-23T12:00:00Z')))).toEqual({
    stream: 'stderr',
    text: 'web-1 ->  | 2026-11-23T12:00:00.000Z hello\n',
  })
})
