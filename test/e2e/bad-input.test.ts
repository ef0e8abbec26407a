import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { TestProject } from '../support/test-project.ts'

interface Case {
  readonly name: string
  readonly compose: string | undefined
  readonly code: string
  readonly exitCode: 1 | 2
  readonly says: readonly (string | RegExp)[]
}

const CDI_SPEC = JSON.stringify({
  cdiVersion: '0.7.0',
  kind: 'tcompose.test/gpu',
  devices: [{ name: '0', containerEdits: { env: ['A=b'] } }],
})

const CASES: readonly Case[] = [
  {
    name: 'a missing file',
    compose: undefined,
    code: 'TC1001',
    exitCode: 2,
    says: ['compose.yaml'],
  },
  {
    name: 'broken YAML',
    compose: 'services:\n  web:\n    image: [a\n',
    code: 'TC1002',
    exitCode: 2,
    says: [/compose\.yaml:\d+:\d+/],
  },
  {
    name: 'an unknown key',
    compose: 'name: a\nservices:\n  web:\n    imge: rootfs:/\n',
    code: 'TC1003',
    exitCode: 2,
    says: ['compose.yaml:4:5', 'did you mean "image"'],
  },
  {
    name: 'an unset variable with a message',
    compose: 'name: a\nservices:\n  web:\n    image: ${TC_NO_SUCH:?say which}\n',
    code: 'TC1009',
    exitCode: 2,
    says: ['compose.yaml:4:', 'say which'],
  },
  {
    name: 'a dependency that is not declared',
    compose:
      'name: a\nservices:\n  web:\n    image: rootfs:/\n    depends_on: [bd]\n  db:\n    image: rootfs:/\n',
    code: 'TC1007',
    exitCode: 2,
    says: ['compose.yaml:5:18', 'did you mean "db"'],
  },
  {
    name: 'a missing image',
    compose: 'name: a\nservices:\n  web:\n    image: oci:./nowhere\n    command: ["true"]\n',
    code: 'TC3001',
    exitCode: 1,
    says: ['compose.yaml:4:', 'nowhere'],
  },
  {
    name: 'a bind source that does not exist',
    compose:
      'name: a\nservices:\n  web:\n    image: rootfs:/\n    command: ["true"]\n    volumes:\n      - type: bind\n        source: ./nowhere\n        target: /x\n        bind: { create_host_path: false }\n',
    code: 'TC6002',
    exitCode: 1,
    says: ['compose.yaml:7:', 'nowhere'],
  },
]

for (const { name, compose, code, exitCode, says } of CASES) {
  test(`up reports ${name} as ${code} with exit code ${exitCode}, and creates nothing`, async () => {
    await using project = new TestProject(compose === undefined ? {} : { compose })
    const result = await project.run(['up', '-d'])
    expect(result.stderr).toContain(`error[${code}]`)
    for (const text of says) expect(result.stderr).toMatch(text)
    expect(result.stderr).toContain('Nothing was changed.')
    expect(result.stderr).not.toMatch(/^\s+at .*:\d+:\d+\)?$/m)
    expect(result.exitCode).toBe(exitCode)
    expect(existsSync(join(project.state, 'data', 'projects', 'a', 'project.json'))).toBe(false)
    expect(existsSync(join(project.state, 'run', 'projects', 'a'))).toBe(false)
  })
}

const ALL_AT_ONCE = `name: a
services:
  capability: {image: "rootfs:/", cap_add: [NET_ADMIM]}
  device: {image: "rootfs:/", devices: ["/dev/nowhere:/dev/x"]}
  described: {image: "rootfs:/", devices: ["tcompose.test/gpu=1"]}
  profile: {image: "rootfs:/", security_opt: ["seccomp=./profile.json"]}
  owner: {image: "rootfs:/", secrets: [{source: home, uid: nobody}]}
  secret: {image: "rootfs:/", secrets: [unreadable]}
  runtime: {image: "rootfs:/", runtime: crum}
secrets:
  home: {environment: HOME}
  unreadable: {file: ./missing.txt}
`
const KINDS_AT_ONCE = [
  { text: 'NET_ADMIM', message: /capability "NET_ADMIM"/, hint: 'did you mean "NET_ADMIN"?' },
  {
    text: '"/dev/nowhere:/dev/x"',
    message: /device "\/dev\/nowhere": it does not exist/,
    hint: 'Plug it in',
  },
  {
    text: '"tcompose.test/gpu=1"',
    message: /device "tcompose\.test\/gpu=1"/,
    hint: 'did you mean "tcompose.test/gpu=0"?',
  },
  {
    text: '"seccomp=./profile.json"',
    message: /seccomp profile "\.\/profile\.json": it is not JSON/,
    hint: 'Name a profile',
  },
  { text: 'nobody', message: /uid "nobody": expected a number/, hint: 'id -u NAME' },
  { text: 'unreadable', message: /secret "unreadable" from ".*\/missing\.txt": it does not exist/, hint: '' },
  { text: 'crum', message: /runtime "crum"/, hint: 'did you mean "crun"?' },
] as const

interface Told {
  readonly message: string
  readonly hint?: string
  readonly span: { readonly line: number; readonly column: number }
}

/** Returns line and column of the first `text` of the file. */
function placeOf(text: string): string {
  const before = ALL_AT_ONCE.slice(0, ALL_AT_ONCE.indexOf(text)).split('\n')
  return `${before.length}:${(before.at(-1)?.length ?? 0) + 1}`
}

test.each([['up', '-d'], ['plan'], ['create'], ['run', 'device', 'true']])(
  '%s reports all that is wrong with a file in one run, each with its place, and creates nothing',
  async (...command) => {
    await using project = new TestProject({
      compose: ALL_AT_ONCE,
      files: { 'profile.json': 'no\njson\n', 'cdi/test.json': CDI_SPEC },
    })
    project.environment['TCOMPOSE_CDI_DIRS'] = join(project.folder, 'cdi')
    const { exitCode, stdout, stderr } = await project.run(['--diagnostics', 'json', ...command])
    expect([exitCode, stdout]).toEqual([2, ''])
    const { diagnostics: found }: { readonly diagnostics: readonly Told[] } = JSON.parse(stderr)
    expect(found.map(({ span }) => `${span.line}:${span.column}`)).toEqual(
      KINDS_AT_ONCE.map(({ text }) => placeOf(text)),
    )
    for (const [index, { message, hint }] of KINDS_AT_ONCE.entries()) {
      expect(found[index]?.message).toMatch(message)
      expect(found[index]?.hint ?? '').toContain(hint)
    }
    expect(existsSync(join(project.state, 'data', 'projects', 'a'))).toBe(false)
    expect(existsSync(join(project.state, 'run', 'projects', 'a'))).toBe(false)
  },
)

test('up without root reports that it needs root and exits with 1', async () => {
  await using project = new TestProject({
    compose: 'name: a\nservices:\n  web:\n    image: rootfs:/\n    command: ["true"]\n',
  })
  const result = await project.runAs(65534, ['up', '-d'])
  expect(result.stderr).toContain('error[TC2001]')
  expect(result.exitCode).toBe(1)
})

test('commands that read tell another user that the project belongs to root', async () => {
  await using project = new TestProject({
    compose: 'name: a\nservices:\n  web:\n    image: rootfs:/\n    command: ["sleep", "60"]\n',
  })
  await project.succeed('up', '-d')
  const own = [['ps'], ['plan'], ['logs'], ['ls'], ['ls', '-a'], ['images'], ['image', 'ls'], ['top']]
  for (const args of [...own, ['system', 'df'], ['port', 'web', '80'], ['image', 'inspect', 'a']]) {
    const result = await project.runAs(65534, args)
    expect([args, result.stdout]).toEqual([args, ''])
    expect(result.stderr).toContain('error[TC2001]')
    expect(result.exitCode).toBe(1)
  }
})

test('doctor without root skips what only root can check, and removes nothing', async () => {
  await using project = new TestProject({ compose: 'name: a\nservices: {}\n' })
  const look = await project.runAs(65534, ['doctor'])
  expect(look.stdout).toMatch(/! nf_tables +only root can check this/)
  expect(look.stdout).toContain('Only root can see whether anything was left behind')
  expect(look.exitCode).toBe(1)
  const fix = await project.runAs(65534, ['doctor', '--fix'])
  expect(fix.stderr).toContain('error[TC2001]: Cannot remove orphans')
  expect(fix.exitCode).toBe(1)
})

test('an unknown command and an unknown flag exit with 2 and suggest the nearest', async () => {
  await using project = new TestProject({ compose: 'name: a\nservices: {}\n' })
  const command = await project.run(['upp'])
  expect(command.stderr).toContain('up')
  expect(command.exitCode).toBe(2)
  const flag = await project.run(['up', '--detatch'])
  expect(flag.stderr).toContain('--detach')
  expect(flag.exitCode).toBe(2)
})

test('a command that cannot be run makes up fail with the service, its line and a hint', async () => {
  await using project = new TestProject({
    compose: 'name: a\nservices:\n  web:\n    image: rootfs:/\n    command: [no-such-program]\n',
  })
  const result = await project.run(['up', '-d'])
  expect(result.exitCode).toBe(1)
  expect(result.stderr).toContain('error[TC4008]')
  expect(result.stderr).toContain('no-such-program')
  expect(result.stderr).toMatch(/compose\.yaml:\d+:\d+/)
})
