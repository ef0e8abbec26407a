import { expect, test } from 'vitest'
import type { ConfigView } from '../../../src/app/config-view.ts'
import { runCli } from '../../../src/cli/run-cli.ts'
import { recordedOutput, recordedPorts } from '../../support/cli-ports.ts'

for (const argv of [
  ['--all-resources', 'config', '--volumes'],
  ['config', '--volumes', '--all-resources'],
]) {
  test(`${argv.join(' ')} shows what no service uses too`, async () => {
    const views: ConfigView[] = []
    const ports = recordedPorts(argv, {
      config: async (_request, view) => {
        views.push(view)
        return { kind: 'lines', lines: ['data'], diagnostics: [] }
      },
    })
    expect(await runCli(ports)).toBe(0)
    expect(views).toEqual([{ kind: 'names', of: 'volumes', allResources: true }])
    expect(ports.stdout.text).toBe('data\n')
  })
}

for (const [isTerminal, shown] of [
  [true, 'a\\x1b[2J\n'],
  [false, 'a\u001b[2J\n'],
] as const) {
  test(`config --environment ${isTerminal ? 'escapes what would steer a terminal' : 'gives a pipe its values as they are'}`, async () => {
    const stdout = recordedOutput({ isTerminal })
    const ports = recordedPorts(['config', '--environment'], {
      config: async () => ({ kind: 'lines', lines: ['a\u001b[2J'], diagnostics: [] }),
    })
    expect(await runCli({ ...ports, stdout })).toBe(0)
    expect(stdout.text).toBe(shown)
  })
}
