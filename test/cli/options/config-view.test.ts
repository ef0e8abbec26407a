import { expect, test } from 'vitest'
import type { ConfigView } from '../../../src/app/config-view.ts'
import { type ConfigValues, configView } from '../../../src/cli/options/config-view.ts'

const PLAIN: ConfigValues = {
  interpolate: true,
  normalize: true,
  pathResolution: true,
  consistency: true,
  envResolution: true,
}

const WHOLE: ConfigView = {
  kind: 'document',
  format: 'yaml',
  services: [],
  allResources: false,
  leaveOut: [],
  digests: 'keep',
}

const cases: readonly { readonly flags: Partial<ConfigValues>; readonly view: ConfigView }[] = [
  { flags: {}, view: WHOLE },
  { flags: { format: 'json' }, view: { ...WHOLE, format: 'json' } },
  { flags: { quiet: true, services: true }, view: { kind: 'check' } },
  { flags: { services: true }, view: { kind: 'names', of: 'services', allResources: false } },
  {
    flags: { volumes: true, allResources: true },
    view: { kind: 'names', of: 'volumes', allResources: true },
  },
  { flags: { hash: '*' }, view: { kind: 'hashes', services: [] } },
  { flags: { hash: 'web, db' }, view: { kind: 'hashes', services: ['web', 'db'] } },
  { flags: { environment: true }, view: { kind: 'environment' } },
  { flags: { variables: true, format: 'table' }, view: { kind: 'variables' } },
  { flags: { interpolate: false }, view: { ...WHOLE, leaveOut: ['interpolation'] } },
  { flags: { normalize: false }, view: { ...WHOLE, leaveOut: ['normalisation'] } },
  { flags: { pathResolution: false }, view: { ...WHOLE, leaveOut: ['paths'] } },
  { flags: { consistency: false }, view: { ...WHOLE, leaveOut: ['consistency'] } },
  { flags: { envResolution: false }, view: { ...WHOLE, leaveOut: ['environment'] } },
  { flags: { resolveImageDigests: true }, view: { ...WHOLE, digests: 'resolve' } },
  { flags: { lockImageDigests: true }, view: { ...WHOLE, digests: 'lock' } },
]

for (const { flags, view } of cases) {
  test(`configView() understands ${JSON.stringify(flags)}`, () => {
    expect(configView([], { ...PLAIN, ...flags })).toEqual(view)
  })
}

test('configView() passes services on', () => {
  expect(configView(['web'], PLAIN)).toEqual({ ...WHOLE, services: ['web'] })
})

test('configView() refuses a table of a document', () => {
  expect(() => configView([], { ...PLAIN, format: 'table' })).toThrow('--format table')
})
