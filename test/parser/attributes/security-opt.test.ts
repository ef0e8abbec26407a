import { testAttribute, testRefused } from '../../support/test-attribute.ts'

const SECURITY = {
  privileged: false,
  capAdd: [],
  capDrop: [],
  noNewPrivileges: false,
  seccomp: { kind: 'default' },
  unmaskSystemPaths: false,
}

testAttribute('security_opt', s => s.security, [
  { yaml: 'security_opt: [no-new-privileges]', value: { ...SECURITY, noNewPrivileges: true } },
  { yaml: 'security_opt: ["no-new-privileges:true"]', value: { ...SECURITY, noNewPrivileges: true } },
  { yaml: 'security_opt: [no-new-privileges=false]', value: SECURITY },
  { yaml: 'security_opt: [seccomp=unconfined]', value: { ...SECURITY, seccomp: { kind: 'unconfined' } } },
  { yaml: 'security_opt: ["seccomp:unconfined"]', value: { ...SECURITY, seccomp: { kind: 'unconfined' } } },
  { yaml: 'security_opt: [systempaths=unconfined]', value: { ...SECURITY, unmaskSystemPaths: true } },
  { yaml: 'security_opt: []', value: SECURITY },
])

testRefused('security_opt', [
  'security_opt: no-new-privileges',
  'security_opt: [a, a]',
  'security_opt: [apparmor=x]',
])
