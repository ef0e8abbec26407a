import { expect, test } from 'vitest'
import { containerSeccomp } from '../../../../src/engine/local/container/container-seccomp.ts'
import type { SecuritySettings } from '../../../../src/model/service.ts'
import { loadMemory, webFile } from '../../../support/memory-project.ts'

const host = { capabilities: (1n << 41n) - 1n, filtersFolder: '/missing' }

function securityOf(yaml: string, profile = '{"defaultAction": "SCMP_ACT_LOG"}'): SecuritySettings {
  const files = { 'compose.yaml': webFile(yaml), 'own.json': profile }
  const security = loadMemory({ files }).value?.services.get('web')?.security
  if (security === undefined) throw new Error('The file is not valid')
  return security
}

for (const [yaml, action] of [
  ['init: true', 'SCMP_ACT_ERRNO'],
  ['security_opt: [seccomp=unconfined]', undefined],
  ['privileged: true', undefined],
  ['security_opt: [seccomp=own.json]', 'SCMP_ACT_LOG'],
  ['privileged: true\nsecurity_opt: [seccomp=own.json]', 'SCMP_ACT_LOG'],
] as const) {
  test(`containerSeccomp() has ${action ?? 'no filter'} for ${JSON.stringify(yaml)}`, async () => {
    expect((await containerSeccomp(securityOf(yaml), host))?.profile.defaultAction).toBe(action)
  })
}

test('containerSeccomp() refuses a profile that no filter can hold', async () => {
  const args = Array.from({ length: 2000 }, (_, value) => ({ index: 0, value, op: 'SCMP_CMP_EQ' }))
  const syscalls = [{ names: ['read'], action: 'SCMP_ACT_TRAP', args }]
  const security = securityOf(
    'security_opt: [seccomp=own.json]',
    JSON.stringify({ defaultAction: 'SCMP_ACT_ALLOW', syscalls }),
  )
  await expect(containerSeccomp(security, host)).rejects.toThrow('it is longer than the kernel takes')
})
