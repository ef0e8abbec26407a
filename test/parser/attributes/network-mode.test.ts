import { expect, test } from 'vitest'
import { diagnosticsOf, projectOf, webFile } from '../../support/memory-project.ts'
import { testAttribute, testRefused } from '../../support/test-attribute.ts'

testAttribute('network_mode', s => s.networkMode, [
  { yaml: 'network_mode: none', value: { kind: 'none' } },
  { yaml: 'network_mode: host', value: { kind: 'host' } },
  {
    yaml: 'network_mode: "service:db"',
    value: { kind: 'service', service: 'db' },
    rest: '  db: {image: rootfs:/}\n',
  },
])

testRefused('network_mode', [
  'network_mode: 1',
  'network_mode: "service:gone"',
  'network_mode: host\nnetworks: [default]',
])

const DB = '  db: {image: rootfs:/}\n'

for (const mode of ['host', 'none', 'service:db']) {
  test(`network_mode ${mode} publishes no port, and says so`, () => {
    const file = webFile(`network_mode: "${mode}"\nports: ["8080:80"]`, DB)
    expect(projectOf(file).services.get('web')?.ports).toEqual([])
    expect(diagnosticsOf(file)).toMatchObject([
      {
        severity: 'warning',
        code: 'no-effect-key',
        message: expect.stringMatching(/^Ignoring "ports" of service "web": it (?:has|uses|shares) /),
      },
    ])
  })
}

test('network_mode service: tells of each key whose value the other service has', () => {
  const file = webFile('network_mode: service:db\nhostname: a\ndns: [192.0.2.1]\nextra_hosts: []', DB)
  expect(diagnosticsOf(file).map(({ severity, message, hint }) => [severity, message, hint])).toEqual(
    ['hostname', 'dns'].map(key => [
      'warning',
      `Ignoring "${key}" of service "web": it shares the network of service "db", with its names and ports`,
      'Set it in service "db"',
    ]),
  )
})

test('network_mode host leaves host names and resolvers to the service', () => {
  const file = webFile('network_mode: host\nhostname: a\ndns: [192.0.2.1]\nports: []')
  expect(diagnosticsOf(file)).toEqual([])
})
