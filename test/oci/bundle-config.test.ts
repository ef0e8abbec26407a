import { expect, test } from 'vitest'
import { bundleConfig } from '../../src/oci/bundle-config.ts'

test('bundleConfig() writes limits of 64 bits as numbers, whole', () => {
  const process = {
    user: { uid: 0, gid: 0 },
    args: ['echo', '"18446744073709551615"'],
    cwd: '/',
    rlimits: [{ type: 'RLIMIT_CORE', soft: 0n, hard: 18446744073709551615n }],
  }
  const text = bundleConfig(process)
  expect(text).toContain('"soft":0,"hard":18446744073709551615')
  expect(JSON.parse(text)).toMatchObject({ args: process.args })
})
