import { expect, test } from 'vitest'
import type { DownOptions } from '../../../src/app/down.ts'
import type { RunResult } from '../../../src/app/run-plan.ts'
import { TcomposeError } from '../../../src/base/tcompose-error.ts'
import { runCli } from '../../../src/cli/run-cli.ts'
import { parseProjectName } from '../../../src/model/names.ts'
import { recordedPorts } from '../../support/cli-ports.ts'
import { aPlan, aStart } from '../../support/plan-builders.ts'

const DONE: RunResult = {
  ...{ kind: 'ran', project: parseProjectName('shop'), origins: new Map(), diagnostics: [] },
  plan: { project: 'shop', changes: [], steps: [], warnings: [] },
  report: { outcomes: new Map() },
}

async function down(args: readonly string[], result: RunResult = DONE) {
  const asked: DownOptions[] = []
  const ports = recordedPorts(['down', ...args], {
    down: async ({ options }) => {
      asked.push(options)
      return result
    },
  })
  return { exitCode: await runCli(ports), stderr: ports.stderr.text, asked }
}

const PLAIN: DownOptions = { services: [], removeOrphans: false, volumes: false, timeout: undefined }

for (const { args, asked } of [
  { args: [], asked: PLAIN },
  { args: ['-v'], asked: { ...PLAIN, volumes: true } },
  { args: ['--volumes'], asked: { ...PLAIN, volumes: true } },
  { args: ['--remove-orphans'], asked: { ...PLAIN, removeOrphans: true } },
  { args: ['-t', '0'], asked: { ...PLAIN, timeout: 0 } },
  { args: ['-t', '7', 'web', 'db'], asked: { ...PLAIN, services: ['web', 'db'], timeout: 7000 } },
]) {
  test(`"down ${args.join(' ')}" removes what was asked for, and no more`, async () => {
    expect(await down(args)).toMatchObject({ exitCode: 0, asked: [asked] })
  })
}

test('down --dry-run, before the command or behind it, prints the plan', async () => {
  const plan = aPlan([aStart(1, 'web')])
  for (const line of [
    ['--dry-run', 'down'],
    ['down', '--dry-run'],
  ]) {
    let isDryRun: boolean | undefined
    const ports = recordedPorts(line, {
      down: async ({ hooks }) => {
        isDryRun = hooks.isDryRun
        return { ...DONE, plan }
      },
    })
    expect(await runCli(ports)).toBe(0)
    expect([isDryRun, ports.stdout.text]).toEqual([true, expect.stringContaining('start container')])
  }
})

test('a command that has no --dry-run refuses it, and does nothing', async () => {
  const ports = recordedPorts(['--dry-run', 'exec', 'web', 'true'])
  expect(await runCli(ports)).toBe(2)
  expect(ports.stderr.text).toContain('"exec" has no --dry-run')
})

test('down fails with 1 where a step failed or was skipped, and says why', async () => {
  const error = new TcomposeError('process-survives', 'Cannot end container shop-web-1')
  const failed = new Map([[1, { kind: 'failed', error } as const]])
  const { exitCode, stderr } = await down([], { ...DONE, report: { outcomes: failed } })
  expect(exitCode).toBe(1)
  expect(stderr).toContain('Cannot end container shop-web-1')
  const skipped = new Map([[2, { kind: 'skipped', blockedBy: 1 } as const]])
  expect(await down([], { ...DONE, report: { outcomes: skipped } })).toMatchObject({ exitCode: 1 })
})
