import { expect, test } from 'vitest'
import type { ServiceOptions } from '../../../src/app/run-on-existing.ts'
import type { RunResult } from '../../../src/app/run-plan.ts'
import { runCli } from '../../../src/cli/run-cli.ts'
import { parseProjectName } from '../../../src/model/names.ts'
import { recordedPorts } from '../../support/cli-ports.ts'
import type { FakeUseCases } from '../../support/fake-use-cases.ts'

const DONE: RunResult = {
  ...{ kind: 'ran', project: parseProjectName('shop'), origins: new Map(), diagnostics: [] },
  plan: { project: 'shop', changes: [], steps: [], warnings: [] },
  report: { outcomes: new Map() },
}

/** Runs a command line; `asked` is what was called with what. */
async function run(...args: readonly string[]) {
  const asked: [string, ServiceOptions][] = []
  const record =
    (name: string): FakeUseCases['stop'] =>
    async ({ options }) => {
      asked.push([name, options])
      return DONE
    }
  const app = { start: record('start'), stop: record('stop'), restart: record('restart') }
  return { exitCode: await runCli(recordedPorts(args, app)), asked }
}

const PLAIN = { services: [], timeout: undefined }

for (const { args, asked } of [
  { args: ['start'], asked: ['start', PLAIN] },
  { args: ['start', 'web'], asked: ['start', { ...PLAIN, services: ['web'] }] },
  { args: ['stop', '-t', '3'], asked: ['stop', { ...PLAIN, timeout: 3000 }] },
  {
    args: ['restart', '-t', '0', 'db'],
    asked: ['restart', { ...PLAIN, timeout: 0, services: ['db'], noDeps: false }],
  },
  { args: ['restart', '--no-deps'], asked: ['restart', { ...PLAIN, noDeps: true }] },
]) {
  test(`"${args.join(' ')}" does what it says, with these options`, async () => {
    expect(await run(...args)).toEqual({ exitCode: 0, asked: [asked] })
  })
}

test('start has no grace period', async () => {
  expect(await run('start', '-t', '3')).toEqual({ exitCode: 2, asked: [] })
})
