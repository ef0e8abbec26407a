import { expect, test } from 'vitest'
import type { App, ExplainedValue } from '../../../src/app/app.ts'
import { runCli } from '../../../src/cli/run-cli.ts'
import { recordedPorts } from '../../support/cli-ports.ts'

const VALUE: ExplainedValue = { path: 'services.web.image', value: 'x', steps: [] }

function appThat(paths: (string | undefined)[]): Partial<App> {
  return {
    explainValues: async (_request, path) => {
      paths.push(path)
      return path === 'none' ? { kind: 'not-found', near: 'name' } : { kind: 'explained', values: [VALUE] }
    },
    explainVariable: async (_request, name) => ({
      kind: 'explained',
      use: { name, value: '1', candidates: [], uses: [], services: new Map([['web', '1']]) },
    }),
  }
}

test('config --explain passes the path on and writes text or JSON', async () => {
  const paths: (string | undefined)[] = []
  const text = recordedPorts(['config', '--explain', 'web.image'], appThat(paths))
  expect(await runCli(text)).toBe(0)
  expect(text.stdout.text).toBe('services.web.image = "x"\n')
  const json = recordedPorts(['config', '--format', 'json', '--explain'], appThat(paths))
  expect(await runCli(json)).toBe(0)
  expect(JSON.parse(json.stdout.text)).toEqual([VALUE])
  expect(paths).toEqual(['web.image', undefined])
})

test('config --explain suggests a path', async () => {
  const ports = recordedPorts(['config', '--explain', 'none'], appThat([]))
  expect(await runCli(ports)).toBe(2)
  expect(ports.stderr.text).toContain('did you mean "name"?')
})

test('env explain writes text or JSON', async () => {
  const text = recordedPorts(['env', 'explain', 'V'], appThat([]))
  expect(await runCli(text)).toBe(0)
  expect(text.stdout.text).toBe('V = "1"\n\nPassed to\n  web  V=1\n')
  const json = recordedPorts(['env', 'explain', 'V', '--format', 'json'], appThat([]))
  expect(await runCli(json)).toBe(0)
  expect(JSON.parse(json.stdout.text)).toMatchObject({ name: 'V', services: { web: '1' } })
})
