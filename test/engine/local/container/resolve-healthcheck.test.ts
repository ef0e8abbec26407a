import { expect, test } from 'vitest'
import { millisOf } from '../../../../src/base/millis.ts'
import { resolveHealthcheck } from '../../../../src/engine/local/container/resolve-healthcheck.ts'
import type { Healthcheck } from '../../../../src/model/service.ts'

const NOTHING: Healthcheck = {
  test: undefined,
  interval: undefined,
  timeout: undefined,
  retries: undefined,
  startPeriod: undefined,
  startInterval: undefined,
}
const TEST = { kind: 'shell', command: 'true' } as const

test('resolveHealthcheck() fills what nobody sets with the defaults of Docker', () => {
  expect(resolveHealthcheck({ ...NOTHING, test: TEST }, undefined)).toEqual({
    test: TEST,
    intervalMs: 30_000,
    timeoutMs: 30_000,
    retries: 3,
    startPeriodMs: 0,
    startIntervalMs: 5000,
  })
})

test('resolveHealthcheck() takes each field from the file, else from the image', () => {
  const image = { ...NOTHING, test: TEST, interval: millisOf(7000), retries: 9 }
  const own = { ...NOTHING, interval: millisOf(1000) }
  expect(resolveHealthcheck(own, image)).toMatchObject({ test: TEST, intervalMs: 1000, retries: 9 })
})

test('resolveHealthcheck() gives none without a test, or with one that is switched off', () => {
  expect(resolveHealthcheck(undefined, undefined)).toBeUndefined()
  expect(resolveHealthcheck({ ...NOTHING, retries: 2 }, undefined)).toBeUndefined()
  expect(
    resolveHealthcheck({ ...NOTHING, test: { kind: 'none' } }, { ...NOTHING, test: TEST }),
  ).toBeUndefined()
})
