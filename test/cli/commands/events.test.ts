import { expect, test } from 'vitest'
import type { EventsOptions } from '../../../src/app/events.ts'
import type { ContainerEvent } from '../../../src/app/index.ts'
import { runCli } from '../../../src/cli/run-cli.ts'
import { parseContainerId } from '../../../src/model/names.ts'
import { recordedPorts } from '../../support/cli-ports.ts'

const EVENT: ContainerEvent = {
  ...{ time: Date.parse('2026-11-23T11:59:58.125Z'), action: 'die', id: parseContainerId('ab'.repeat(32)) },
  service: 'web',
  attributes: new Map([
    ['name', 'shop-web-1'],
    ['exitCode', '3'],
  ]),
}

async function run(...args: readonly string[]) {
  const asked: EventsOptions[] = []
  const ports = recordedPorts(['events', ...args], {
    events: async (_request, options) => {
      asked.push(options)
      return {
        kind: 'found',
        events: (async function* () {
          yield EVENT
        })(),
      }
    },
  })
  return { exitCode: await runCli(ports), stdout: ports.stdout.text, asked }
}

test("events writes docker compose's lines", async () => {
  const { exitCode, stdout } = await run()
  expect(exitCode).toBe(0)
  expect(stdout).toMatch(
    new RegExp(
      String.raw`^[-\d]{10} [:\d]{8}\.125000 container die ${EVENT.id} \(exitCode=3, name=shop-web-1\)\n$`,
    ),
  )
})

test("events --json writes docker compose's objects", async () => {
  expect((await run('--json')).stdout).toBe(
    `{"action":"die","attributes":{"exitCode":"3","name":"shop-web-1"},"id":"${EVENT.id}","service":"web","time":"2026-11-23T11:59:58.125Z","type":"container"}\n`,
  )
})

test('events asks for what its options say', async () => {
  const now = Date.parse('2026-11-23T12:00:00Z')
  expect((await run('--since', '1m', '--until', '2026-11-23T12:00:05Z', 'web', 'db')).asked).toMatchObject([
    { services: ['web', 'db'], since: now - 60_000, until: now + 5000 },
  ])
  expect((await run()).asked).toMatchObject([{ services: [], since: undefined, until: undefined }])
})

test('events refuses what is no time', async () => {
  expect(await run('--since', 'yesterday')).toMatchObject({ exitCode: 2, asked: [] })
})
