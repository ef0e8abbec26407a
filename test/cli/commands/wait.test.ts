import { expect, test } from 'vitest'
import type { DownOptions } from '../../../src/app/down.ts'
import type { ContainerEnd } from '../../../src/app/wait.ts'
import { runCli } from '../../../src/cli/run-cli.ts'
import { parseContainerId, parseProjectName } from '../../../src/model/names.ts'
import { recordedPorts } from '../../support/cli-ports.ts'

const ID = parseContainerId('ab'.repeat(32))

async function wait(...args: readonly string[]) {
  const downs: DownOptions[] = []
  const end: ContainerEnd = { id: ID, exitCode: 7 }
  const ports = recordedPorts(['wait', ...args], {
    wait: async (_request, { onEnd }) => {
      onEnd(end)
      return { kind: 'ended', last: end }
    },
    down: async ({ options }) => {
      downs.push(options)
      return {
        ...{ kind: 'ran', project: parseProjectName('shop'), origins: new Map(), diagnostics: [] },
        plan: { project: 'shop', changes: [], steps: [], warnings: [] },
        report: { outcomes: new Map() },
      }
    },
  })
  return { exitCode: await runCli(ports), stdout: ports.stdout.text, downs }
}

test('wait writes each end and exits with the code of the last', async () => {
  expect(await wait('web')).toEqual({
    exitCode: 7,
    stdout: `container "${ID}" exited with status code 7\n`,
    downs: [],
  })
})

test('wait --down-project takes all of the project down, orphans too, and keeps the code', async () => {
  expect(await wait('--down-project', 'web')).toMatchObject({
    exitCode: 7,
    downs: [{ services: [], removeOrphans: true, volumes: false }],
  })
})

test('wait needs a service', async () => {
  expect(await wait()).toMatchObject({ exitCode: 2 })
})
