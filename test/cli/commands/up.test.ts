import { describe, expect, test } from 'vitest'
import type { PlanResult } from '../../../src/app/plan.ts'
import type { RunResult } from '../../../src/app/run-plan.ts'
import { PLAIN_UP, type UpOptions } from '../../../src/app/up-plan.ts'
import { runCli } from '../../../src/cli/run-cli.ts'
import { parseProjectName } from '../../../src/model/names.ts'
import { recordedPorts } from '../../support/cli-ports.ts'
import { aProject, aService } from '../../support/model-builders.ts'
import { aPlan, aStart } from '../../support/plan-builders.ts'

const RAN: RunResult = {
  ...{ kind: 'ran', project: parseProjectName('shop'), origins: new Map(), diagnostics: [] },
  plan: aPlan([]),
  report: { outcomes: new Map() },
}
const PLANNED: PlanResult = {
  ...{ kind: 'planned', plan: aPlan([aStart(1, 'web')]), diagnostics: [], unchanged: 0 },
}

/** Runs `up`; `asked` is what was called with what. */
async function up(...args: readonly string[]) {
  const asked: [string, UpOptions][] = []
  const ports = recordedPorts(['up', ...args], {
    up: async ({ options }) => {
      asked.push(['up', options])
      return RAN
    },
    plan: async (_request, options) => {
      asked.push(['plan', options])
      return PLANNED
    },
    loadRequested: async () => ({ project: aProject([aService('web'), aService('db')]), diagnostics: [] }),
  })
  return { exitCode: await runCli(ports), asked, stdout: ports.stdout.text, stderr: ports.stderr.text }
}

const flags: ReadonlyArray<{ readonly args: readonly string[]; readonly changes: Partial<UpOptions> }> = [
  { args: [], changes: {} },
  { args: ['web'], changes: { services: ['web'] } },
  { args: ['--no-deps'], changes: { noDeps: true } },
  { args: ['--force-recreate'], changes: { forceRecreate: true } },
  { args: ['--no-recreate'], changes: { noRecreate: true } },
  { args: ['--no-start'], changes: { noStart: true } },
  { args: ['--remove-orphans'], changes: { removeOrphans: true } },
  { args: ['-V'], changes: { renewAnonymousVolumes: true } },
  { args: ['--scale', 'web=0'], changes: { scale: new Map([['web', 0]]) } },
  { args: ['--wait'], changes: { wait: true } },
  { args: ['--pull', 'always'], changes: { pull: 'always' } },
  { args: ['--pull', 'never'], changes: { pull: 'never' } },
  { args: ['--pull', 'policy'], changes: {} },
  { args: ['--build'], changes: { build: 'always' } },
  { args: ['--no-build'], changes: { build: 'never' } },
  { args: ['--quiet-build', '--quiet-pull'], changes: {} },
]
for (const { args, changes } of flags) {
  test(`"up -d ${args.join(' ')}" asks for that and nothing else`, async () => {
    const detached = args.some(arg => arg === '--wait' || arg === '--no-start') ? args : ['-d', ...args]
    expect(await up(...detached)).toMatchObject({ exitCode: 0, asked: [['up', { ...PLAIN_UP, ...changes }]] })
  })
}

test('up -d does not ask for a pull policy that was not given', async () => {
  expect((await up('-d')).asked).toEqual([['up', PLAIN_UP]])
})

test('up --dry-run shows what would be done, and does nothing', async () => {
  const { exitCode, asked, stdout, stderr } = await up('--dry-run', '--force-recreate')
  expect(exitCode).toBe(0)
  expect(stderr).toMatch(/^( DRY-RUN MODE - {2}Container \S+ {2}(Starting|Started)\n)+$/)
  expect(asked).toEqual([['plan', { ...PLAIN_UP, forceRecreate: true }]])
  expect(stdout).toContain('start container')
})

describe('up refuses with 2, and does nothing,', () => {
  for (const [one, other] of [
    ['--detach', '--no-attach=web'],
    ['--detach', '--abort-on-container-exit'],
    ['--detach', '--abort-on-container-failure'],
    ['--detach', '--exit-code-from=web'],
    ['--wait', '--abort-on-container-exit'],
    ['--no-start', '--exit-code-from=web'],
    ['--abort-on-container-exit', '--abort-on-container-failure'],
    ['--force-recreate', '--no-recreate'],
    ['--build', '--no-build'],
    ['--renew-anon-volumes', '--no-recreate'],
    ['--wait', '--no-start'],
  ] as const) {
    test(`${one} with ${other}`, async () => {
      const { exitCode, asked, stderr } = await up(one, other)
      expect([exitCode, asked]).toEqual([2, []])
      expect(stderr).toContain(`${one} and ${other.replace('=web', '')} cannot be combined`)
    })
  }

  test('--exit-code-from a service that there is not', async () => {
    const { exitCode, asked, stderr } = await up('--exit-code-from', 'wbe')
    expect([exitCode, asked]).toEqual([1, []])
    expect(stderr).toContain('no such service: wbe')
    expect(stderr).toContain('did you mean "web"?')
  })
})
