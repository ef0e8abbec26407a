import { expect, test } from 'vitest'
import type { App, LogLine, RunResult } from '../../../src/app/index.ts'
import { runCli } from '../../../src/cli/run-cli.ts'
import { parseProjectName } from '../../../src/model/names.ts'
import { containerIdOf } from '../../support/apply-plan.ts'
import { interruptsOf, recordedPorts } from '../../support/cli-ports.ts'
import { aProject, aService } from '../../support/model-builders.ts'
import { aPlan } from '../../support/plan-builders.ts'

const RAN: RunResult = {
  kind: 'ran',
  project: parseProjectName('shop'),
  plan: aPlan([]),
  report: { outcomes: new Map() },
  origins: new Map(),
  diagnostics: [],
}
const project = aProject([aService('web'), aService('quiet', { attach: false })])

function aLine(text: string, stream: LogLine['stream'] = 'stdout'): LogLine {
  return {
    container: containerIdOf(1),
    name: 'shop-web-1',
    service: 'web',
    number: 1,
    stream,
    time: '2026-11-23T12:00:00Z',
    text,
  }
}

test('up shows the logs of the services to attach to, each stream where it belongs, and their ends', async () => {
  let followed: readonly string[] = []
  const app: Partial<App> = {
    up: async () => RAN,
    loadProject: async () => ({ project, diagnostics: [] }),
    logs: async (_request, { services }) => {
      followed = services
      return {
        kind: 'lines',
        names: ['shop-web-1'],
        lines: (async function* () {
          yield aLine('hello')
          yield aLine('oh', 'stderr')
        })(),
      }
    },
    containers: async () => ({
      kind: 'found',
      project: parseProjectName('shop'),
      containers: [],
      services: [],
    }),
  }
  const ports = recordedPorts(['up'], app)
  expect(await runCli(ports)).toBe(0)
  expect(followed).toEqual(['web'])
  expect([ports.stdout.text, ports.stderr.text]).toEqual(['web-1  | hello\n', 'web-1  | oh\n'])
})

test('up stops after the first Ctrl-C and goes on showing logs, kills after the second, and exits with 130', async () => {
  const first = new AbortController()
  const second = new AbortController()
  const done: string[] = []
  const killed = Promise.withResolvers<void>()
  const app: Partial<App> = {
    up: async () => RAN,
    loadProject: async () => ({ project, diagnostics: [] }),
    logs: async () => ({
      kind: 'lines',
      names: [],
      lines: (async function* () {
        yield aLine('hello')
        first.abort()
        await killed.promise
        yield aLine('bye')
      })(),
    }),
    stop: async () => {
      done.push('stop')
      second.abort()
      await killed.promise
      return RAN
    },
    kill: async (_request, { signal }) => {
      done.push(signal)
      killed.resolve()
      return { kind: 'signalled', names: [], errors: [] }
    },
  }
  const ports = recordedPorts(['up'], app, { interrupts: interruptsOf(first.signal, second.signal) })
  expect(await runCli(ports)).toBe(130)
  expect(done).toEqual(['stop', 'SIGKILL'])
  expect(ports.stdout.text).toBe('web-1  | hello\nweb-1  | bye\n')
  expect(ports.stderr.text).toContain('Gracefully stopping')
})

test('up -d does not attach', async () => {
  const ports = recordedPorts(['up', '-d'], { up: async () => RAN })
  expect(await runCli(ports)).toBe(0)
  expect(ports.stdout.text).toBe('')
})
