import { testAttribute, testRefused } from '../../support/test-attribute.ts'

testAttribute('healthcheck', s => s.healthcheck, [
  {
    yaml: 'healthcheck: {test: curl -f localhost}',
    value: { test: { kind: 'shell', command: 'curl -f localhost' } },
  },
  {
    yaml: 'healthcheck: {test: [CMD, curl, localhost]}',
    value: { test: { kind: 'exec', argv: ['curl', 'localhost'] } },
  },
  {
    yaml: 'healthcheck: {test: [CMD-SHELL, curl localhost]}',
    value: { test: { kind: 'shell', command: 'curl localhost' } },
  },
  {
    yaml: 'healthcheck: {test: [CMD-SHELL, test $$0 = a, a, b]}',
    value: { test: { kind: 'shell', command: 'test $0 = a', parameters: ['a', 'b'] } },
  },
  { yaml: 'healthcheck: {test: [NONE]}', value: { test: { kind: 'none' } } },
  { yaml: 'healthcheck: {disable: true}', value: { test: { kind: 'none' } } },
  { yaml: 'healthcheck: {disable: "true", test: a}', value: { test: { kind: 'none' } } },
  {
    yaml: 'healthcheck: {interval: 5s, timeout: 1m, retries: 4}',
    value: { interval: 5000, timeout: 60_000, retries: 4 },
  },
  { yaml: 'healthcheck: {retries: "4"}', value: { retries: 4 } },
  {
    yaml: 'healthcheck: {start_period: 10s, start_interval: 500ms}',
    value: { startPeriod: 10_000, startInterval: 500 },
  },
  { yaml: 'init: false', value: undefined },
])

testRefused('healthcheck', [
  'healthcheck: a',
  'healthcheck: {test: []}',
  'healthcheck: {test: [curl]}',
  'healthcheck: {test: [CMD]}',
  'healthcheck: {interval: 5}',
  'healthcheck: {interval: "5"}',
  'healthcheck: {retries: -1}',
  'healthcheck: {retries: a}',
  'healthcheck: {disable: maybe}',
])
