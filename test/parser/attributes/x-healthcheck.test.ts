import { expect, test } from 'vitest'
import { diagnosticsOf, serviceOf, webFile } from '../../support/memory-project.ts'

for (const [yaml, value] of [
  ['{tcp: 5432}', { kind: 'tcp', port: 5432 }],
  ['{http: "8080"}', { kind: 'http', port: 8080, path: '/' }],
  ['{http: 8080/ready?full=1}', { kind: 'http', port: 8080, path: '/ready?full=1' }],
  ['{http: "http://localhost:80/a"}', { kind: 'http', port: 80, path: '/a' }],
  ['{unix: /run/app.sock}', { kind: 'unix', path: '/run/app.sock' }],
  ['{log: "ready|up"}', { kind: 'log', pattern: 'ready|up' }],
] as const) {
  test(`x-healthcheck ${yaml} takes the place of the test`, () => {
    const { healthcheck } = serviceOf(`x-healthcheck: ${yaml}\nhealthcheck: {test: [CMD, a], interval: 5s}`)
    expect(healthcheck).toMatchObject({ test: value, interval: 5000 })
    expect(serviceOf(`x-healthcheck: ${yaml}`).healthcheck?.test).toEqual(value)
  })
}

test('x-healthcheck does not enable a check that is disabled', () => {
  const { healthcheck } = serviceOf('x-healthcheck: {tcp: 1}\nhealthcheck: {disable: true}')
  expect(healthcheck?.test).toEqual({ kind: 'none' })
})

for (const [yaml, code, column, words] of [
  ['x-healthcheck: {}', 'bad-value', 20, 'expected one of http, tcp, unix, log'],
  ['x-healthcheck: 80', 'bad-value', 20, 'expected one of'],
  ['x-healthcheck: {tcp: 1, log: a}', 'bad-value', 20, 'expected one of'],
  ['x-healthcheck: {tpc: 1}', 'unknown-key', 21, 'did you mean \\"tcp\\"?'],
  ['x-healthcheck: {tcp: 0}', 'bad-value', 26, 'a port of the container'],
  ['x-healthcheck: {tcp: 70000}', 'bad-value', 26, 'a port of the container'],
  ['x-healthcheck: {http: "http://example.com/"}', 'bad-value', 27, 'a port of the container and a path'],
  ['x-healthcheck: {unix: run/app.sock}', 'bad-value', 27, 'the path of a socket'],
  ['x-healthcheck: {log: "("}', 'bad-value', 26, 'a regular expression'],
  ['x-healthcheck: {log: ""}', 'bad-value', 26, 'a regular expression'],
  ['x-on-unhealthy: kill', 'bad-value', 21, 'expected \\"restart\\" or \\"stop\\"'],
] as const) {
  test(`${yaml} is refused`, () => {
    const diagnostics = diagnosticsOf(webFile(yaml))
    expect(diagnostics).toMatchObject([{ code, span: { line: 4, column } }])
    expect(JSON.stringify(diagnostics)).toContain(words)
  })
}

test('x-on-unhealthy reaches the model, and is refused without a health check', () => {
  expect(serviceOf('x-on-unhealthy: restart').onUnhealthy).toBe('restart')
  expect(serviceOf('image: a').onUnhealthy).toBeUndefined()
  const disabled = webFile('x-on-unhealthy: stop\nhealthcheck: {disable: true}')
  expect(diagnosticsOf(disabled)).toMatchObject([{ code: 'conflicting-keys', span: { line: 4 } }])
})
