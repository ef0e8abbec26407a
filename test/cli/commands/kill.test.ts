import { expect, test } from 'vitest'
import type { KillOptions } from '../../../src/app/kill.ts'
import type { RunningResult } from '../../../src/app/on-running-containers.ts'
import { TcomposeError } from '../../../src/base/tcompose-error.ts'
import { runCli } from '../../../src/cli/run-cli.ts'
import { recordedPorts } from '../../support/cli-ports.ts'

async function kill(args: readonly string[], result: RunningResult) {
  const asked: KillOptions[] = []
  const ports = recordedPorts(['kill', ...args], {
    kill: async (_request, options) => {
      asked.push(options)
      return result
    },
  })
  return { exitCode: await runCli(ports), stderr: ports.stderr.text, asked }
}

const NONE: RunningResult = { kind: 'done', names: [], errors: [] }

test('kill sends SIGKILL to all, or another signal to some', async () => {
  expect((await kill([], NONE)).asked).toEqual([
    { services: [], signal: 'SIGKILL', withOrphans: false, isDryRun: false },
  ])
  expect((await kill(['-s', 'HUP', '--remove-orphans', 'web'], NONE)).asked).toEqual([
    { services: ['web'], signal: 'HUP', withOrphans: true, isDryRun: false },
  ])
})

test('kill names what got the signal', async () => {
  const { exitCode, stderr } = await kill([], { ...NONE, names: ['shop-db-1', 'shop-web-1'] })
  expect([exitCode, stderr]).toEqual([0, ' Container shop-db-1  Killed\n Container shop-web-1  Killed\n'])
})

test('kill says that there is nothing to kill', async () => {
  expect(await kill([], NONE)).toMatchObject({ exitCode: 0, stderr: 'No container to kill\n' })
})

test('kill fails with 1 where a container did not get the signal, and names the others all the same', async () => {
  const error = new TcomposeError('process-survives', 'Cannot end container shop-db-1')
  const { exitCode, stderr } = await kill([], { ...NONE, names: ['shop-web-1'], errors: [error] })
  expect(exitCode).toBe(1)
  expect(stderr).toContain(' Container shop-web-1  Killed\n')
  expect(stderr).toContain('Cannot end container shop-db-1')
  expect(await kill([], { ...NONE, errors: [error] })).toMatchObject({ exitCode: 1 })
})
