import { expect, test } from 'vitest'
import type { ObservedContainer } from '../../../src/app/index.ts'
import type { RmOptions } from '../../../src/app/rm.ts'
import { runCli } from '../../../src/cli/run-cli.ts'
import { parseProjectName } from '../../../src/model/names.ts'
import { recordedPorts } from '../../support/cli-ports.ts'
import type { FakeUseCases } from '../../support/fake-use-cases.ts'
import { anObservedContainer } from '../../support/observed-container.ts'

const STATES: Readonly<Record<string, ObservedContainer['state']>> = {
  cron: { kind: 'restarting', exitCode: 1, finishedAt: 1 },
  db: { kind: 'exited', exitCode: 0, finishedAt: 1, outOfMemory: false },
  fresh: { kind: 'created' },
  lost: { kind: 'orphaned', pid: 7, startedAt: 1 },
  web: { kind: 'running', pid: 7, startedAt: 1 },
}
const containers = Object.entries(STATES).map(([service, state]) => anObservedContainer(service, { state }))

interface Terminal {
  readonly answer?: string
  readonly isTerminal?: boolean
  readonly found?: readonly ObservedContainer[]
}

/** Runs `rm`; `asked` is what the application was to remove. */
async function rm(args: readonly string[], terminal: Terminal = {}) {
  const { answer = '', isTerminal = false, found = containers } = terminal
  const asked: RmOptions[] = []
  const app: FakeUseCases = {
    findContainers: async () => ({
      ...{ kind: 'found', project: parseProjectName('shop'), containers: found, services: undefined },
    }),
    rm: async ({ options }) => {
      asked.push(options)
      return {
        ...{ kind: 'ran', project: parseProjectName('shop'), origins: new Map(), diagnostics: [] },
        plan: { project: 'shop', changes: [], steps: [], warnings: [] },
        report: { outcomes: new Map() },
      }
    },
  }
  const changes = { isInputTerminal: isTerminal, ask: async () => answer }
  const ports = recordedPorts(['rm', ...args], app, changes)
  return { exitCode: await runCli(ports), stderr: ports.stderr.text, asked }
}

const ALL: RmOptions = { services: [], stop: false, volumes: false }

test('rm names the containers that have stopped and asks', async () => {
  const { exitCode, stderr, asked } = await rm([], { isTerminal: true, answer: 'y' })
  expect(exitCode).toBe(0)
  expect(stderr).toContain('Going to remove shop-db-1, shop-fresh-1\n')
  expect(asked).toEqual([ALL])
})

for (const answer of ['', 'n', 'no', 'yes please', 'ny']) {
  test(`rm removes nothing for the answer "${answer}"`, async () => {
    expect(await rm([], { isTerminal: true, answer })).toMatchObject({ exitCode: 0, asked: [] })
  })
}

for (const answer of ['y', 'Y', 'yes', ' YES ']) {
  test(`rm takes "${answer}" for a yes`, async () => {
    expect((await rm([], { isTerminal: true, answer })).asked).toEqual([ALL])
  })
}

test('rm removes nothing where there is nobody to ask, unless it is forced', async () => {
  const unasked = await rm([])
  expect(unasked).toMatchObject({ exitCode: 2, asked: [] })
  expect(unasked.stderr).toContain('rm asks for confirmation, and there is no terminal')
  expect(await rm(['-f'])).toMatchObject({ exitCode: 0, asked: [ALL] })
})

test('rm has nothing to do for services of which nothing has stopped', async () => {
  expect(await rm(['-f', 'web', 'lost', 'cron'])).toMatchObject({
    exitCode: 0,
    stderr: 'No stopped containers\n',
    asked: [],
  })
})

test('rm -s stops first, of the services that are named, and -v takes anonymous volumes too', async () => {
  const { stderr, asked } = await rm(['-s', '-v', 'web', 'db'], { isTerminal: true, answer: 'y' })
  expect(stderr).toContain('Going to remove shop-db-1, shop-web-1\n')
  expect(asked).toEqual([{ services: ['web', 'db'], stop: true, volumes: true }])
})

test('a question names containers without their control characters', async () => {
  const found = [anObservedContainer('web', { name: 'shop-web-1\u001b[2J', state: { kind: 'created' } })]
  expect((await rm([], { isTerminal: true, found })).stderr).toContain('Going to remove shop-web-1\\x1b[2J')
})
