import { expect, test } from 'vitest'
import { loadMemory, serviceOf, webFile } from '../../support/memory-project.ts'
import { testAttribute, testRefused } from '../../support/test-attribute.ts'

const SECURITY = {
  privileged: false,
  capAdd: [],
  capDrop: [],
  noNewPrivileges: false,
  seccomp: { kind: 'default' },
  unmaskSystemPaths: false,
}
const PROFILE = { defaultAction: 'SCMP_ACT_ALLOW', architectures: [], archMap: [], syscalls: [] }
const files = { 'own.json': '{"defaultAction":"SCMP_ACT_ALLOW","syscalls":null}' }

testAttribute('security_opt', s => s.security, [
  { yaml: 'security_opt: [no-new-privileges]', value: { ...SECURITY, noNewPrivileges: true } },
  { yaml: 'security_opt: ["no-new-privileges:true"]', value: { ...SECURITY, noNewPrivileges: true } },
  { yaml: 'security_opt: [no-new-privileges=1]', value: { ...SECURITY, noNewPrivileges: true } },
  { yaml: 'security_opt: [no-new-privileges=false]', value: SECURITY },
  { yaml: 'security_opt: [no-new-privileges, no-new-privileges=false]', value: SECURITY },
  { yaml: 'security_opt: [seccomp=unconfined]', value: { ...SECURITY, seccomp: { kind: 'unconfined' } } },
  { yaml: 'security_opt: ["seccomp:unconfined"]', value: { ...SECURITY, seccomp: { kind: 'unconfined' } } },
  { yaml: 'security_opt: [seccomp=builtin]', value: SECURITY },
  ...['own.json', './own.json', '/project/own.json'].map(file => ({
    yaml: `security_opt: ["seccomp=${file}"]`,
    value: { ...SECURITY, seccomp: { kind: 'profile', file, profile: PROFILE } },
    files,
  })),
  {
    yaml: 'security_opt: [seccomp=own.json, "seccomp:unconfined"]',
    value: { ...SECURITY, seccomp: { kind: 'unconfined' } },
    files,
  },
  { yaml: 'security_opt: [systempaths=unconfined]', value: { ...SECURITY, unmaskSystemPaths: true } },
  { yaml: 'security_opt: ["systempaths:unconfined"]', value: { ...SECURITY, unmaskSystemPaths: true } },
  { yaml: 'security_opt: [writable-cgroups=true]', value: { ...SECURITY, writableCgroups: true } },
  { yaml: 'security_opt: ["writable-cgroups:false"]', value: SECURITY },
  { yaml: 'security_opt: [apparmor=unconfined]', value: SECURITY },
  { yaml: 'security_opt: ["apparmor:web"]', value: { ...SECURITY, apparmor: 'web' } },
  { yaml: 'security_opt: ["label:disable", "label=type:svirt_t", "label=level:s0:c1"]', value: SECURITY },
  { yaml: 'security_opt: []', value: SECURITY },
])

testRefused('security_opt', [
  'security_opt: no-new-privileges',
  'security_opt: [a, a]',
  'security_opt: [no-new-privilege]',
  'security_opt: [no-new-privileges=perhaps]',
  'security_opt: [seccomp]',
  'security_opt: [systempaths=confined]',
  'security_opt: [writable-cgroups]',
  'security_opt: ["apparmor:"]',
  'security_opt: [label]',
])

for (const [text, reason] of [
  [undefined, 'there is no file "own.json"'],
  ['{', 'it is not JSON'],
  ['[]', 'it is not a JSON object'],
  ['{}', 'it has defaultAction missing, expected one of SCMP_ACT_ALLOW'],
  [
    '{"defaultAction": "SCMP_ACT_NOTIFY"}',
    'it has defaultAction "SCMP_ACT_NOTIFY", expected "SCMP_ACT_ALLOW"',
  ],
  [
    '{"defaultAction": "SCMP_ACT_ALLOWED"}',
    'it has defaultAction "SCMP_ACT_ALLOWED", did you mean "SCMP_ACT_ALLOW"?',
  ],
  [rules('{"names": ["mkdir"], "action": "DENY"}'), 'rule 1 has action "DENY", expected "SCMP_ACT_ALLOW"'],
  [rules('{"names": [], "action": "SCMP_ACT_LOG"}'), 'rule 1 names no system call'],
  [rules('{"name": "a", "names": ["b"], "action": "SCMP_ACT_LOG"}'), 'rule 1 has both "name" and "names"'],
  [
    rules('{"names": ["a"], "action": "SCMP_ACT_ERRNO", "errnoRet": 5000}'),
    'rule 1 has errnoRet 5000, expected 4095',
  ],
  [
    rules('{"names": ["a"], "action": "SCMP_ACT_LOG", "args": [{"index": 6, "op": "SCMP_CMP_EQ"}]}'),
    'rule 1 compares argument 6',
  ],
  [
    rules(
      '{"names": ["a"], "action": "SCMP_ACT_LOG", "args": [{"index": 0, "value": -1, "op": "SCMP_CMP_EQ"}]}',
    ),
    'rule 1 has value -1, expected a whole number',
  ],
  [
    rules('{"names": ["a"], "action": "SCMP_ACT_LOG", "args": [{"index": 0, "op": "EQ"}]}'),
    'rule 1 has op "EQ", expected "SCMP_CMP_NE"',
  ],
  [
    rules('{"names": ["a"], "action": "SCMP_ACT_LOG", "includes": {"minKernel": "new"}}'),
    'rule 1 has minKernel "new"',
  ],
  [
    '{"defaultAction": "SCMP_ACT_ALLOW", "architectures": ["A"], "archMap": [{"architecture": "A"}]}',
    'it has both "architectures" and "archMap"',
  ],
  [
    '{"defaultAction": "SCMP_ACT_ALLOW", "flags": ["SECCOMP_FILTER_FLAG_LOG"]}',
    'it has flag "SECCOMP_FILTER_FLAG_LOG"',
  ],
] as const) {
  test(`security_opt points at a seccomp profile of which ${reason}`, () => {
    const file = webFile('security_opt: [label=disable, "seccomp=own.json"]')
    const { diagnostics } = loadMemory({
      files: { 'compose.yaml': file, ...(text !== undefined && { 'own.json': text }) },
    })
    expect(diagnostics).toMatchObject([
      {
        code: 'bad-value',
        message: expect.stringContaining(`Cannot use seccomp profile "own.json": ${reason}`),
        span: { line: 4, column: 35 },
      },
    ])
  })
}

function rules(rule: string): string {
  return `{"defaultAction": "SCMP_ACT_ALLOW", "syscalls": [${rule}]}`
}

test('security_opt suggests an option that is spelled alike', () => {
  const { diagnostics } = loadMemory({
    files: { 'compose.yaml': webFile('security_opt: [no-new-privilege]') },
  })
  expect(diagnostics).toMatchObject([{ hint: 'did you mean "no-new-privileges"?' }])
  expect(serviceOf('security_opt: [no-new-privileges]').security.noNewPrivileges).toBe(true)
})
