import { expect, test } from 'vitest'
import { hostStep } from '../../../scripts/gate/host-step.ts'

test('hostStep() fails with each setting that changed since its creation', async () => {
  const settings = new Map([
    ['/', 'owner 0:0, mode 755'],
    ['kernel/panic', '0'],
  ])
  const { run } = hostStep(() => new Map(settings))
  expect(await run()).toEqual({ passed: 1, failures: [], skipped: [] })
  settings.set('/', 'owner 1:1, mode 755')
  expect(await run()).toEqual({
    passed: 0,
    failures: ['the host is not as it was: /: owner 1:1, mode 755, was owner 0:0, mode 755'],
    skipped: [],
  })
})
