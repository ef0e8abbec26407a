import { expect, test } from 'vitest'
import { containerSeccomp } from '../../../../src/engine/local/container/container-seccomp.ts'
import type { Service } from '../../../../src/model/service.ts'
import { loadMemory, webFile } from '../../../support/memory-project.ts'

const host = { capabilities: (1n << 41n) - 1n, filtersFolder: '/missing' }

function configOf(yaml: string, profile = '{"defaultAction": "SCMP_ACT_LOG"}'): Service {
  const files = { 'compose.yaml': webFile(yaml), 'own.json': profile }
  const service = loadMemory({ files }).value?.services.get('web')
  if (service === undefined) throw new Error('The file is not valid')
  return service
}

for (const [yaml, action] of [
  ['init: true', 'SCMP_ACT_ERRNO'],
  ['security_opt: [seccomp=unconfined]', undefined],
  ['privileged: true', undefined],
  ['security_opt: [seccomp=own.json]', 'SCMP_ACT_LOG'],
  ['privileged: true\nsecurity_opt: [seccomp=own.json]', 'SCMP_ACT_LOG'],
] as const) {
  test(`containerSeccomp() has ${action ?? 'no filter'} for ${JSON.stringify(yaml)}`, async () => {
    expect((await containerSeccomp(configOf(yaml), host))?.profile.defaultAction).toBe(action)
  })
}

test('containerSeccomp() refuses a profile that no filter can hold', async () => {
  const args = Array.from({ length: 2000 }, (_, value) => ({ index: 0, value, op: 'SCMP_CMP_EQ' }))
  const syscalls = [{ names: ['read'], action: 'SCMP_ACT_TRAP', args }]
  const config = configOf(
    'security_opt: [seccomp=own.json]',
    JSON.stringify({ defaultAction: 'SCMP_ACT_ALLOW', syscalls }),
  )
  await expect(containerSeccomp(config, host)).rejects.toThrow('it is longer than the kernel takes')
})

test('containerSeccomp() keeps the files of a limited layer in their project', async () => {
  const rules = async (yaml: string) => (await containerSeccomp(configOf(yaml), host))?.profile.syscalls ?? []
  const ioctl = (await rules('storage_opt: {size: 1g}')).filter(({ names }) => names.includes('ioctl'))
  const args = [{ index: 1, value: 0x401c5820, op: 'SCMP_CMP_NE' }]
  expect(ioctl).toEqual([{ names: ['ioctl'], action: 'SCMP_ACT_ALLOW', args }])
  expect((await rules('init: true')).some(({ args: tests }) => tests?.[0]?.value === 0x401c5820)).toBe(false)
})
