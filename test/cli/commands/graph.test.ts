import { expect, test } from 'vitest'
import { runCli } from '../../../src/cli/run-cli.ts'
import { recordedPorts } from '../../support/cli-ports.ts'
import { aProject, aService } from '../../support/model-builders.ts'

const PORT = {
  hostIp: '127.0.0.1',
  published: { from: 8080, to: 8080 },
  target: 80,
  protocol: 'tcp',
} as const
const PROJECT = aProject([
  aService('web', {
    image: 'nginx:1',
    dependsOn: [
      { service: 'db', condition: 'service_healthy', restart: false, required: true },
      { service: 'a<b', condition: 'service_started', restart: false, required: true },
    ],
    ports: [{ ...PORT, origin: 'services.web.ports.0' as never }],
  }),
  aService('db', { dependsOn: [] }),
  aService('a<b', { networkMode: { kind: 'none' } }),
])

async function graph(...args: readonly string[]): Promise<string> {
  const ports = recordedPorts(args, { loadRequested: async () => ({ project: PROJECT, diagnostics: [] }) })
  expect(await runCli(ports)).toBe(0)
  return ports.stdout.text
}

const PLAIN = `digraph "${PROJECT.name}" {
\tlayout=dot;
\t"a<b" [style="filled" label=<<font point-size="15">a&lt;b</font>>];
\t"db" [style="filled" label=<<font point-size="15">db</font>>];
\t"web" [style="filled" label=<<font point-size="15">web</font>>];

\t"web" -> "a<b";
\t"web" -> "db";
}
`

for (const name of [['graph'], ['viz'], ['alpha', 'viz']]) {
  test(`${name.join(' ')} writes the graph of docker compose`, async () => {
    expect(await graph(...name)).toBe(PLAIN)
  })
}

test('graph shows networks, ports and images, and indents as it is told', async () => {
  const text = await graph('graph', '--networks', '--ports', '--image', '--spaces', '--indentation-size', '3')
  const part = (title: string, line: string) =>
    `<font point-size="10"><br/><br/><b>${title}</b><br/>${line}</font>`
  expect(text).toContain(
    `\n   "web" [style="filled" label=<<font point-size="15">web</font>${part('Networks:', 'default')}${part('Ports:', '127.0.0.1:8080:80 (tcp, ingress)')}${part('Image:', 'nginx:1')}>];\n`,
  )
  expect(text).toMatch(/"a<b" \[.*<\/font><font point-size="10"><br\/><br\/><b>Image:/)
})

test('graph --format mermaid numbers nodes and escapes names', async () => {
  expect(await graph('graph', '--format', 'mermaid', '--ports')).toBe(`---
title: ${PROJECT.name}
---
flowchart TB
  s1["<b>a#lt;b</b>"]
  s2["<b>db</b>"]
  s3["<b>web</b><br/>Ports: 127.0.0.1:8080:80 (tcp, ingress)"]
  s3 --> s1
  s3 --> s2
`)
})

test('graph --format svg puts services above what they depend on', async () => {
  const svg = await graph('graph', '--format', 'svg', '--image')
  const topOf = (name: string) => Number(new RegExp(`y="(\\d+)"[^>]*/><text[^>]*>${name}<`).exec(svg)?.[1])
  expect(topOf('web')).toBeLessThan(topOf('db'))
  expect(topOf('db')).toBe(topOf('a&lt;b'))
  expect(svg.match(/<path d="M[^"]*C/g)).toHaveLength(2)
  expect(svg).toMatch(/^<svg xmlns="http:\/\/www.w3.org\/2000\/svg" width="\d+" height="\d+"/)
  expect(svg).toContain('Image: nginx:1')
})

test('graph has no other format, and says what is wrong with the file', async () => {
  expect(await runCli(recordedPorts(['graph', '--format', 'png']))).toBe(2)
  const error = { severity: 'error', code: 'bad-value', message: 'Cannot use it' } as const
  const ports = recordedPorts(['graph'], {
    loadRequested: async () => ({ project: undefined, diagnostics: [error] }),
  })
  expect(await runCli(ports)).toBe(2)
  expect(ports.stderr.text).toContain('Cannot use it')
})
