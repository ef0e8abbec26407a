import { expect, test } from 'vitest'
import { registryHost } from '../../src/registry/registry-host.ts'

const hosts: ReadonlyArray<readonly [string | undefined, string]> = [
  [undefined, 'docker.io'],
  ['docker.io', 'docker.io'],
  ['https://index.docker.io/v1/', 'docker.io'],
  ['registry-1.docker.io', 'docker.io'],
  ['ghcr.io', 'ghcr.io'],
  ['ghcr.io/owner', 'ghcr.io'],
  ['http://localhost:5000/v2/', 'localhost:5000'],
  ['[::1]:5000', '[::1]:5000'],
  ['Registry.Example', 'Registry.Example'],
]

for (const [server, host] of hosts) {
  test(`registryHost() takes ${server ?? 'nothing'} for ${host}`, () => {
    expect(registryHost(server)).toBe(host)
  })
}

for (const server of ['', ' ', 'a b', '-a', 'a:b', 'https://']) {
  test(`registryHost() rejects ${JSON.stringify(server)}`, () => {
    expect(() => registryHost(server)).toThrow(`"${server}" is no registry`)
  })
}
