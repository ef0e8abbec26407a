import { describe, expect, test } from 'vitest'
import { diagnosticsOf, webFile } from '../../support/memory-project.ts'
import { testAttribute, testRefused } from '../../support/test-attribute.ts'

const files = (maxBytes: number, maxFiles: number, isPacked: boolean) => ({
  kind: 'file',
  limits: { maxBytes, maxFiles },
  isPacked,
})

testAttribute('logging', s => s.logging, [
  { yaml: 'logging: {driver: json-file}', value: undefined },
  { yaml: 'logging: {}', value: undefined },
  { yaml: 'logging: {driver: none}', value: { kind: 'none' } },
  { yaml: 'logging: {driver: none, options: {any: thing}}', value: { kind: 'none' } },
  { yaml: 'logging: {driver: local}', value: files(20_000_000, 5, true) },
  { yaml: 'logging: {driver: local, options: {compress: "false"}}', value: files(20_000_000, 5, false) },
  { yaml: 'logging: {driver: local, options: {max-file: "1"}}', value: files(20_000_000, 1, false) },
  { yaml: 'logging: {options: {max-size: 10m}}', value: files(10_000_000, 1, false) },
  { yaml: 'logging: {options: {max-size: 1.5K, max-file: 3}}', value: files(1500, 3, false) },
  {
    yaml: 'logging: {driver: json-file, options: {max-size: 1g, max-file: "2", compress: "true"}}',
    value: files(1_000_000_000, 2, true),
  },
  { yaml: 'logging: {options: {max-file: "3"}}', value: undefined },
  {
    yaml: 'logging: {driver: journald, options: {tag: "{{.Name}}", labels: "a, b", env: C, cache-max-file: "2"}}',
    value: {
      ...files(20_000_000, 2, true),
      target: { kind: 'journald', tag: '{{.Name}}', labels: ['a', 'b'], variables: ['C'] },
    },
  },
  {
    yaml: 'logging: {driver: syslog}',
    value: {
      ...files(20_000_000, 5, true),
      target: {
        ...{ kind: 'syslog', tag: '{{.ID}}', address: { kind: 'unix', path: '/dev/log' } },
        ...{ facility: 3, format: 'local' },
      },
    },
  },
  {
    yaml: 'logging: {driver: syslog, options: {syslog-address: "tcp://[::1]:601", syslog-facility: local0, syslog-format: rfc5424}}',
    value: {
      ...files(20_000_000, 5, true),
      target: {
        ...{ kind: 'syslog', tag: '{{.ID}}', address: { kind: 'tcp', host: '::1', port: 601 } },
        ...{ facility: 16, format: 'rfc5424' },
      },
    },
  },
])

testRefused('logging', [
  'logging: json-file',
  'logging: {driver: 1}',
  'logging: {options: [a]}',
  'logging: {driver: fluentd}',
  'logging: {options: {max-size: "0"}}',
  'logging: {driver: syslog, options: {syslog-address: "tcp+tls://a:1"}}',
  'logging: {driver: syslog, options: {syslog-address: "udp://a:0"}}',
  'logging: {driver: syslog, options: {syslog-facility: local9}}',
  'logging: {driver: syslog, options: {syslog-format: rfc1}}',
  'logging: {driver: journald, options: {tag: "{{.Nope}}"}}',
  'logging: {driver: journald, options: {max-size: 1m}}',
  'logging: {options: {max-size: "-1"}}',
  'logging: {options: {max-size: big}}',
  'logging: {options: {max-file: "0"}}',
  'logging: {options: {max-file: some}}',
  'logging: {options: {max-size: 1m, max-file: "2", compress: maybe}}',
])

describe('logging.options', () => {
  for (const [logging, found, words] of [
    ['{options: {max-siz: 1m}}', ['bad-value 4:25'], 'did you mean "max-size"?'],
    ['{driver: local, options: {tag: x}}', ['bad-value 4:40'], 'driver "local" has no such option'],
    ['{options: {max-size: 1m, compress: "true"}}', ['bad-value 4:49'], '"max-file" to 2 or more'],
    ['{options: {compress: "true"}}', ['bad-value 4:35'], 'no full file is kept'],
    ['{options: {mode: non-blocking}}', ['no-effect-key 4:25'], 'no line is dropped'],
    ['{options: {labels: a, tag: b}}', ['no-effect-key 4:25', 'no-effect-key 4:36'], 'not passed on'],
  ] as const) {
    test(`${logging} is reported at its place`, () => {
      const diagnostics = diagnosticsOf(webFile(`logging: ${logging}`))
      expect(diagnostics.map(({ code, span }) => `${code} ${span?.line}:${span?.column}`)).toEqual(found)
      expect(JSON.stringify(diagnostics)).toContain(JSON.stringify(words).slice(1, -1))
    })
  }
})
