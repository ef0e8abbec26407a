import { expect, test } from 'vitest'
import { OneOffSweeps } from '../../../../src/engine/local/supervisor/one-off-sweeps.ts'
import { FakeClock } from '../../../support/fake-clock.ts'

/** Plans the removal of a one-off; `said` is what happened since. */
function planned(isGone = false) {
  const clock = new FakeClock()
  const said: string[] = []
  const sweeps = new OneOffSweeps(clock, () => said.push('sweep'))
  const plan = () => sweeps.plan({ id: 'a', afterMs: 2000, isGone: () => isGone }, () => said.push('over'))
  return { clock, said, plan, cancel: plan() }
}

test('OneOffSweeps removes what is still there when its time has passed', async () => {
  const { clock, said } = planned()
  await clock.advance(1999)
  expect(said).toEqual([])
  await clock.advance(1)
  expect(said).toEqual(['sweep', 'over'])
})

test('OneOffSweeps leaves what has gone meanwhile, and remembers nothing of it', async () => {
  const { clock, said, plan } = planned(true)
  await clock.advance(2000)
  expect(said).toEqual(['over'])
  expect(plan()).toBeDefined()
})

test('OneOffSweeps asks once for each', async () => {
  const { clock, said, plan } = planned()
  await clock.advance(2000)
  expect(plan()).toBeUndefined()
  await clock.advance(2000)
  expect(said).toEqual(['sweep', 'over'])
})

test('OneOffSweeps asks for none that was cancelled', async () => {
  const { clock, said, cancel } = planned()
  cancel?.()
  await clock.advance(2000)
  expect(said).toEqual([])
})
