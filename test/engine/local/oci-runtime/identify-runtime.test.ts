import { expect, test } from 'vitest'
import { identifyRuntime } from '../../../../src/engine/local/oci-runtime/identify-runtime.ts'

test.each([
  ['runc version 1.1.5+ds1\ncommit: x\nspec: 1.0.2-dev\n', 'runc', '1.1.5+ds1'],
  ['runc version 1.0.0-rc95\n', 'runc', '1.0.0-rc95'],
  ['crun version 1.8.1\ncommit: f8\nrundir: /run/crun\n', 'crun', '1.8.1'],
  ['runsc version 0.0~20221219.0\nspec: 1.0.2-dev\n', 'runsc', '0.0~20221219.0'],
  ['runsc version release-20250407.0\nspec: 1.1.0-rc.1\n', 'runsc', 'release-20250407.0'],
  ['runsc version VERSION_MISSING\n', 'runsc', 'VERSION_MISSING'],
])('identifyRuntime() knows %j', (text, runtime, version) => {
  expect(identifyRuntime(text)).toEqual({ kind: 'runtime', runtime, version })
})

test.for<readonly [string, string, string, string]>([
  ['runc version 0.1.1\n', 'runc', '0.1.1', '1.0.0'],
  ['crun version 0.21\n', 'crun', '0.21', '1.0'],
  ['runsc version release-20200219.0\n', 'runsc', 'release-20200219.0', '20210101'],
])('identifyRuntime() finds %j too old', ([text, name, version, oldest]) => {
  expect(identifyRuntime(text)).toEqual({ kind: 'too-old', name, version, oldest })
})

test('identifyRuntime() knows Kata Containers, and nothing that only mentions a runtime', () => {
  expect(identifyRuntime('kata-runtime  : 3.2.0\n')).toEqual({ kind: 'kata' })
  expect(identifyRuntime('a runc version 1.1.5\n')).toEqual({ kind: 'unknown' })
})
