import { expect, test } from 'vitest'
import { TcomposeError } from '../../../../../src/base/tcompose-error.ts'
import { placed, runError } from '../../../../../src/engine/local/build/run/run-error.ts'
import { LaunchFailure } from '../../../../../src/runtime/keeper/keeper-error.ts'
import type { LaunchStep } from '../../../../../src/runtime/launch/launch-op.ts'
import { SPAN } from '../../../../support/build-session.ts'

const place = { label: 'RUN npm ci', span: SPAN }
const program: readonly LaunchStep[] = [
  {
    op: { op: 'exec', candidates: ['/bin/npm'], argv: ['npm', 'ci'], environment: [] },
    purpose: 'run "npm"',
    optional: false,
    origin: undefined,
  },
]

test('runError() names the step and what the keeper could not do', () => {
  const failure = new LaunchFailure({ index: 0, errno: 2, what: 'execve /bin/npm' })
  expect(runError(failure, program, place)).toMatchObject({
    code: 'build-step',
    message: 'Cannot run "npm" in step "RUN npm ci": it is not in /bin',
    span: SPAN,
    notes: ['System call: execve /bin/npm (ENOENT)'],
  })
})

test('runError() returns other errors as they are', () => {
  const error = new Error('bug')
  expect(runError(error, program, place)).toBe(error)
})

test('placed() adds the place of the step, unless the error has one or is a bug', () => {
  const error = new TcomposeError('keeper', 'Cannot reach the keeper', { hint: 'Try again' })
  expect(placed(error, place)).toMatchObject({
    code: 'keeper',
    message: error.message,
    hint: 'Try again',
    span: SPAN,
  })
  const own = new TcomposeError('build-secret', 'x', { span: { ...SPAN, line: 9 } })
  expect(placed(own, place)).toBe(own)
  const bug = new Error('bug')
  expect(placed(bug, place)).toBe(bug)
})
