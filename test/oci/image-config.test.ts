import { expect, test } from 'vitest'
import { EMPTY_IMAGE_CONFIG, parseImageConfig } from '../../src/oci/image-config.ts'

test('parseImageConfig() reads every field that a container takes from its image', () => {
  const config = {
    Entrypoint: ['/entry'],
    Cmd: ['serve'],
    Env: ['A=1'],
    WorkingDir: '/srv',
    User: 'app:app',
    Volumes: { '/data': {}, cache: {} },
    ExposedPorts: { '80': {}, '53/udp': {} },
    Labels: { a: 'b' },
    StopSignal: 'SIGQUIT',
    Healthcheck: { Test: ['CMD-SHELL', 'true'], Interval: 30e9, Timeout: 1, Retries: 2, StartPeriod: 0 },
  }
  expect(parseImageConfig({ config })).toEqual({
    entrypoint: ['/entry'],
    command: ['serve'],
    environment: ['A=1'],
    workingDir: '/srv',
    user: 'app:app',
    volumes: ['/data', '/cache'],
    exposedPorts: ['53/udp', '80/tcp'],
    labels: new Map([['a', 'b']]),
    stopSignal: 'SIGQUIT',
    healthcheck: {
      test: { kind: 'shell', command: 'true' },
      interval: 30_000,
      timeout: 1,
      retries: 2,
      startPeriod: undefined,
      startInterval: undefined,
    },
  })
})

test('parseImageConfig() reads the shell of health checks, and what it takes as parameters', () => {
  const config = { Shell: ['/bin/ash', '-ec'], Healthcheck: { Test: ['CMD-SHELL', 'test $0 = a', 'a'] } }
  expect(parseImageConfig({ config })).toMatchObject({
    shell: ['/bin/ash', '-ec'],
    healthcheck: { test: { kind: 'shell', command: 'test $0 = a', parameters: ['a'] } },
  })
})

for (const document of [
  {},
  { config: null },
  { config: { Cmd: null, Env: null, Volumes: null, Healthcheck: null } },
]) {
  test(`parseImageConfig() reads ${JSON.stringify(document)} as empty`, () => {
    expect(parseImageConfig(document)).toEqual(EMPTY_IMAGE_CONFIG)
  })
}

const wrong = [
  { Cmd: 'text' },
  { Env: [1] },
  { User: 5 },
  { Volumes: [] },
  { Healthcheck: { Test: ['RUN'] } },
]
for (const config of wrong) {
  test(`parseImageConfig() rejects ${JSON.stringify(config)}`, () => {
    expect(() => parseImageConfig({ config })).toThrow(SyntaxError)
  })
}
