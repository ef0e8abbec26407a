import { expect, test } from 'vitest'
import type { ProjectRequest } from '../../../src/app/index.ts'
import { attachedContainers, attachedServices } from '../../../src/cli/commands/attached-services.ts'
import { fakeApp } from '../../support/cli-ports.ts'
import { aProject, aService } from '../../support/model-builders.ts'
import { aPlan, aStart } from '../../support/plan-builders.ts'

const app = fakeApp({
  loadProject: async () => ({
    project: aProject([
      aService('web'),
      aService('front', { containerName: 'door' }),
      aService('quiet', { attach: false }),
      aService('db'),
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
  const attached = await attachedServices(app, request, { services: [], values: { attach: ['db'] } })
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
  const attached = await attachedServices(app, request, { services: ['quiet', 'web'], values: {} })
  expect(attached.services.map(({ name }) => name)).toEqual(['quiet', 'web'])
  expect(attached.silent).toEqual(['quiet'])
})
