import { expect, test } from 'vitest'
import { diagnosticsOf, webFile } from '../../support/memory-project.ts'
import { testAttribute, testRefused } from '../../support/test-attribute.ts'

testAttribute('ipc', s => s.ipc, [
  { yaml: 'ipc: shareable', value: { kind: 'shareable' } },
  { yaml: 'ipc: none', value: { kind: 'none' } },
  { yaml: 'ipc: host', value: { kind: 'host' } },
  { yaml: 'ipc: private', value: undefined },
  { yaml: 'ipc: container:a', value: { kind: 'container', container: 'a' } },
  ...['shareable', 'host', 'container:a'].map(mode => ({
    yaml: 'ipc: service:db',
    value: { kind: 'service', service: 'db' },
    rest: `  db: {image: rootfs:/, ipc: "${mode}"}\n`,
  })),
])

testRefused('ipc', ['ipc: 1', 'ipc: []', 'ipc: own', 'ipc: service:gone'])

for (const mode of ['', 'private', 'none']) {
  test(`ipc service: is refused where the other has "${mode}"`, () => {
    const file = webFile('ipc: service:db', `  db: {image: rootfs:/, ipc: "${mode}"}\n`)
    expect(diagnosticsOf(file)).toMatchObject([
      {
        code: 'conflicting-keys',
        span: { line: 4, column: 10 },
        hint: 'Write "ipc: shareable" in service "db"',
      },
    ])
  })
}

for (const mode of ['none', 'host', 'container:a']) {
  test(`ipc ${mode} leaves no shared memory to size`, () => {
    expect(diagnosticsOf(webFile(`ipc: "${mode}"\nshm_size: 1m`))).toMatchObject([
      { severity: 'warning', code: 'no-effect-key', span: { line: 5, column: 5 } },
    ])
  })
}
