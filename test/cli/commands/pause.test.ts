import { expect, test } from 'vitest'
import type { RunningOptions, RunningResult } from '../../../src/app/on-running-containers.ts'
import { TcomposeError } from '../../../src/base/tcompose-error.ts'
import { runCli } from '../../../src/cli/run-cli.ts'
import { recordedPorts } from '../../support/cli-ports.ts'

async function run(args: readonly string[], result: RunningResult) {
  const asked: RunningOptions[] = []
  const answer = async (_request: unknown, options: RunningOptions) => {
    asked.push(options)
    return result
  }
  const ports = recordedPorts(args, { pause: answer, unpause: answer })
  return { exitCode: await runCli(ports), stderr: ports.stderr.text, asked }
}

for (const { command, word } of [
  { command: 'pause', word: 'Paused' },
  { command: 'unpause', word: 'Unpaused' },
]) {
  test(`${command} names what it did it to, and succeeds with nothing to do`, async () => {
    const done: RunningResult = { kind: 'done', names: ['shop-web-1'], errors: [] }
    expect(await run([command, 'web'], done)).toEqual({
      exitCode: 0,
      stderr: ` Container shop-web-1  ${word}\n`,
      asked: [{ services: ['web'], isDryRun: false }],
    })
    expect(await run([command], { ...done, names: [] })).toMatchObject({ exitCode: 0, stderr: '' })
  })

  test(`${command} fails with 1 where a container is not in the state for it`, async () => {
    const error = new TcomposeError('pause', 'Cannot do it to shop-web-1')
    const { exitCode, stderr } = await run([command], { kind: 'done', names: [], errors: [error] })
    expect(exitCode).toBe(1)
    expect(stderr).toContain('Cannot do it to shop-web-1')
  })
}
