import { expect, test } from 'vitest'
import { securityProblems } from '../../../../src/engine/local/container/security-problems.ts'
import { serviceOf } from '../../../support/memory-project.ts'

const ENABLED = '/sys/module/apparmor/parameters/enabled'
const PROFILES = '/sys/kernel/security/apparmor/profiles'

for (const [title, files, found] of [
  ['no AppArmor', {}, ['AppArmor is not enabled on this machine']],
  ['AppArmor off', { [ENABLED]: 'N\n' }, ['AppArmor is not enabled on this machine']],
  ['another profile', { [ENABLED]: 'Y\n', [PROFILES]: 'web2 (enforce)\n' }, ['no such profile is loaded']],
  ['the profile', { [ENABLED]: 'Y\n', [PROFILES]: 'other (complain)\nweb (enforce)\n' }, []],
  ['no list of profiles', { [ENABLED]: 'Y\n' }, []],
] as const) {
  test(`securityProblems() finds ${found.length} with ${title}`, () => {
    const known: Readonly<Record<string, string>> = files
    const service = serviceOf('security_opt: [apparmor=web]')
    expect(securityProblems(service, path => known[path]).map(({ message }) => message)).toEqual(
      found.map(reason => `Cannot confine service "web" with AppArmor profile "web": ${reason}`),
    )
  })
}

test('securityProblems() asks for nothing that a service does not want', () => {
  expect(securityProblems(serviceOf('security_opt: [apparmor=unconfined]'), () => undefined)).toEqual([])
})
