import { expect, test } from 'vitest'
import { servicePath } from '../../../../src/base/model-path.ts'
import { devicePreflight } from '../../../../src/engine/local/apply/device-preflight.ts'
import { SYSTEM_DEVICE_SOURCES } from '../../../../src/engine/local/host/device-sources.ts'
import type { Service } from '../../../../src/model/service.ts'
import { aContainerSpec } from '../../../support/container-input.ts'
import { aPlan, aStart, aStep } from '../../../support/plan-builders.ts'

function creation(id: number, config: Partial<Service>) {
  return aStep(id, { kind: 'create-container', container: aContainerSpec(config), replaces: undefined })
}

test('devicePreflight() names what a service cannot have, once for all its replicas', async () => {
  const device = { kind: 'path', source: '/dev/nothing', target: '/dev/x', permissions: 'r' } as const
  const devices = [{ ...device, origin: servicePath('web', 'devices', 0) }]
  const plan = aPlan([creation(1, { devices }), creation(2, { devices }), aStart(3, 'web')])
  const problems = await devicePreflight(plan, SYSTEM_DEVICE_SOURCES)
  expect(problems.map(({ code, origin }) => [code, origin])).toEqual([
    ['device-not-found', 'services.web.devices.0'],
  ])
})

test('devicePreflight() finds nothing wrong with services without devices', async () => {
  expect(await devicePreflight(aPlan([creation(1, {})]), SYSTEM_DEVICE_SOURCES)).toEqual([])
})
