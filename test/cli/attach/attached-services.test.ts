import { expect, test } from 'vitest'
import type { Action, ProjectRequest } from '../../../src/app/index.ts'
import {
  type AttachOptions,
  attachedContainers,
  attachedServices,
} from '../../../src/cli/attach/attached-services.ts'
import { containerIdOf } from '../../support/apply-plan.ts'
import { aContainerSpec } from '../../support/container-input.ts'
import { fakeCall } from '../../support/fake-use-cases.ts'
import { aDependency, aProject, aService } from '../../support/model-builders.ts'
import { aPlan, aStart, aStep } from '../../support/plan-builders.ts'

const call = fakeCall({
  loadRequested: async () => ({
    project: aProject([
      aService('web', { dependsOn: [aDependency('db')] }),
      aService('front', { containerName: 'door' }),
      aService('quiet', { attach: false }),
      aService('db', { dependsOn: [aDependency('store')] }),
      aService('store'),
    ]),
    diagnostics: [],
  }),
})
const request: ProjectRequest = {
  files: [],
  projectName: 'shop',
  projectDirectory: undefined,
  profiles: [],
  envFiles: [],
  allowUnsupported: false,
}

test('attachedContainers() names what is started and what runs already, of services whose logs are shown', async () => {
  const attached = await attachedServices(call, request, { services: [], values: { noAttach: ['db'] } })
  expect(attached.silent).toEqual(['quiet', 'db'])
  const plan = {
    ...aPlan([aStart(1, 'web'), aStart(2, 'quiet'), aStart(3, 'db')]),
    unchanged: ['door', 'other', 'shop-quiet-1', 'shop-web-12'],
  }
  expect(attachedContainers(attached, plan)).toEqual([
    { name: 'door', label: 'door' },
    { name: 'shop-web-1', label: 'web-1' },
    { name: 'shop-web-12', label: 'web-12' },
  ])
  expect(attachedContainers(attached, undefined)).toEqual([])
})

test('attachedServices() are those that were named', async () => {
  const attached = await attachedServices(call, request, { services: ['quiet', 'web'], values: {} })
  expect(attached.services.map(({ name }) => name)).toEqual(['quiet', 'web'])
  expect(attached.silent).toEqual(['quiet'])
})

/** Which services an attached `up` shows of those it follows. */
async function shown(services: readonly string[], values: AttachOptions): Promise<readonly string[]> {
  const attached = await attachedServices(call, request, { services, values })
  return attached.services.map(({ name }) => name).filter(name => !attached.silent.includes(name))
}

test('attachedServices() shows what --attach names, whatever else is named or silent in the file', async () => {
  expect(await shown(['web'], { attach: ['quiet', 'db'], noAttach: ['db'] })).toEqual(['quiet'])
  const { silent } = await attachedServices(call, request, { services: ['web'], values: { attach: ['db'] } })
  expect(silent).toEqual(['web'])
})

test('attachedServices() shows with --attach-dependencies all that the named services depend on', async () => {
  expect(await shown(['web'], { attachDependencies: true })).toEqual(['web', 'db', 'store'])
  expect(await shown(['web'], {})).toEqual(['web'])
})

test('attachedContainers() names what goes on running with other networks', async () => {
  const attached = await attachedServices(call, request, { services: [], values: {} })
  const container = aContainerSpec({ name: 'web' })
  const action: Action = {
    kind: 'reattach-container',
    id: containerIdOf(1),
    name: 'shop-web-1',
    container,
    connect: ['back'],
    disconnect: [],
  }
  expect(attachedContainers(attached, aPlan([aStep(1, action)]))).toEqual([
    { name: 'shop-web-1', label: 'web-1' },
  ])
})
