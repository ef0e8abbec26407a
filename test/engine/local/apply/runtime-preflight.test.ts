import { expect, test } from 'vitest'
import { runtimePreflight } from '../../../../src/engine/local/apply/runtime-preflight.ts'
import { NO_RUNTIMES } from '../../../../src/engine/local/host/runtime-sources.ts'
import type { Service } from '../../../../src/model/service.ts'
import { aContainerSpec } from '../../../support/container-input.ts'
import { aPlan, aStart, aStep } from '../../../support/plan-builders.ts'

function creation(id: number, config: Partial<Service>) {
  return aStep(id, { kind: 'create-container', container: aContainerSpec(config), replaces: undefined })
}

test('runtimePreflight() names a runtime that is missing, once for all replicas', async () => {
  const plan = aPlan([creation(1, { runtime: 'crun' }), creation(2, { runtime: 'crun' }), aStart(3, 'web')])
  const problems = await runtimePreflight(plan, NO_RUNTIMES)
  expect(problems.map(({ code, origin }) => [code, origin])).toEqual([
    ['oci-runtime', 'services.web.runtime'],
  ])
})

test('runtimePreflight() asks for nothing where tcompose runs the services itself', async () => {
  const configured = (): never => {
    throw new Error('asked')
  }
  const plan = aPlan([creation(1, {}), creation(2, { isolation: 'process' })])
  expect(await runtimePreflight(plan, { configured, folders: [] })).toEqual([])
})
