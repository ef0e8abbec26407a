import { expect, test } from 'vitest'
import { groupedProgress } from '../../../src/cli/views/progress-groups.ts'
import { recordedOutput } from '../../support/cli-ports.ts'
import { aPlan, aStart, aStep } from '../../support/plan-builders.ts'

const PULL = aStep(1, { kind: 'fetch-image', image: 'redis:7', policy: 'missing' })
const START = aStart(2, 'web')

async function shown(style: 'github' | 'gitlab', beforeStart = ''): Promise<string> {
  const output = recordedOutput()
  const view = groupedProgress('up', style, { output, now: () => 61_500 })
  view.onPlan(aPlan([PULL, START]))
  for (const step of [PULL, START]) {
    if (step === START && beforeStart !== '') view.write(output, beforeStart)
    view.onEvent({ kind: 'step-started', step })
    view.onEvent({ kind: 'step-finished', step, outcome: { kind: 'done' }, tookMs: 5 })
  }
  await view.close()
  return output.text
}

test('groupedProgress() folds images and the rest apart, as GitHub has it', async () => {
  expect(await shown('github')).toBe(
    [
      '::group::tcompose pull',
      ' Image redis:7  Pulling',
      ' Image redis:7  Pulled',
      '::endgroup::',
      '::group::tcompose up',
      ' Container shop-web-1  Starting',
      ' Container shop-web-1  Started',
      '::endgroup::',
      '',
    ].join('\n'),
  )
})

test('groupedProgress() folds in sections of GitLab, whose names are unique', async () => {
  const text = await shown('gitlab')
  const names = [...text.matchAll(/section_(start|end):61:(\w+)\r/g)]
  expect(names.map(([, kind]) => kind)).toEqual(['start', 'end', 'start', 'end'])
  expect(names[0]?.[2]).toBe(names[1]?.[2])
  expect(new Set(names.map(([, , name]) => name)).size).toBe(2)
  expect(text).toContain('\x1b[0Ktcompose pull\n Image redis:7  Pulling\n')
})

test('groupedProgress() puts what others write between groups', async () => {
  expect(await shown('github', 'web-1  | hello\n')).toContain(
    '::endgroup::\nweb-1  | hello\n::group::tcompose up\n',
  )
})
