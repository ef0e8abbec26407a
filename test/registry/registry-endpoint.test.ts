import { expect, test } from 'vitest'
import { isLoopback, registryEndpoints } from '../../src/registry/registry-endpoint.ts'
import type { RegistrySetting } from '../../src/registry/registry-settings.ts'

const NOTHING: RegistrySetting = { mirrors: [], insecure: false, ca: undefined }

const cases: ReadonlyArray<{
  readonly what: string
  readonly domain: string
  readonly setting: Partial<RegistrySetting>
  readonly origins: readonly (readonly string[])[]
}> = [
  { what: 'Docker Hub', domain: 'docker.io', setting: {}, origins: [['https://registry-1.docker.io']] },
  { what: 'a registry', domain: 'a.test:5000', setting: {}, origins: [['https://a.test:5000']] },
  {
    what: 'an insecure one',
    domain: 'a.test',
    setting: { insecure: true },
    origins: [['https://a.test', 'http://a.test']],
  },
  {
    what: 'this machine',
    domain: 'localhost:5000',
    setting: {},
    origins: [['http://localhost:5000', 'https://localhost:5000']],
  },
  {
    what: 'one with mirrors',
    domain: 'a.test',
    setting: { mirrors: ['https://m.test/', '127.0.0.1:1'] },
    origins: [['https://m.test'], ['http://127.0.0.1:1', 'https://127.0.0.1:1'], ['https://a.test']],
  },
]
for (const { what, domain, setting, origins } of cases) {
  test(`registryEndpoints() tells where to ask for ${what}`, () => {
    const settings = new Map([[domain, { ...NOTHING, ...setting }]])
    expect(registryEndpoints(domain, settings).map(endpoint => endpoint.origins)).toEqual(origins)
  })
}

test('registryEndpoints() names a certificate that cannot be read', () => {
  const settings = new Map([['a.test', { ...NOTHING, ca: '/nonexistent.pem' }]])
  expect(() => registryEndpoints('a.test', settings)).toThrow('Cannot read "/nonexistent.pem"')
})

for (const host of ['localhost', 'localhost:1', '127.1.2.3:80', '[::1]:80']) {
  test(`isLoopback() knows ${host}`, () => expect(isLoopback(host)).toBe(true))
}
for (const host of ['127.example.com', 'localhost.example.com', '10.0.0.1:5000']) {
  test(`isLoopback() does not take ${host}`, () => expect(isLoopback(host)).toBe(false))
}
