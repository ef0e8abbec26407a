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
