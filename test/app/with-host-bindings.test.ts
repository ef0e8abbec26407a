import { expect, test } from 'vitest'
import { loadToStart } from '../../src/app/load-to-start.ts'
import { memoryContext } from '../support/memory-context.ts'

const FILE = `
services:
  web:
    image: x
    ports: ["80", "[::1]:81:81"]
    networks: { open: {}, inner: { gw_priority: 1 } }
  other: { image: x, ports: ["82"], networks: [open] }
  host: { image: x, network_mode: host }
networks:
  open: {}
  inner:
    driver_opts:
      com.docker.network.bridge.host_binding_ipv4: 127.0.0.1
      com.docker.network.bridge.host_binding_ipv6: "::1"
`

async function addressesOf(service: string, publishDefault?: string) {
  const request = {
    ...{ files: [], projectName: undefined, projectDirectory: undefined, profiles: [], envFiles: [] },
    allowUnsupported: false,
    ...(publishDefault !== undefined && { publishDefault }),
  }
  const { project } = await loadToStart(memoryContext({ files: { 'compose.yaml': FILE } }), request)
  return project?.services.get(service)?.ports.map(({ target, hostIp }) => `${hostIp} ${target}`)
}

test('withHostBindings() publishes ports without an address on those of a network', async () => {
  expect(await addressesOf('web')).toEqual(['127.0.0.1 80', '::1 80', '::1 81'])
})

test('withHostBindings() leaves what has no such network to the default of the user', async () => {
  expect(await addressesOf('other')).toEqual(['undefined 82'])
  expect(await addressesOf('other', '192.0.2.1')).toEqual(['192.0.2.1 82'])
  expect(await addressesOf('web', '192.0.2.1')).toEqual(['127.0.0.1 80', '::1 80', '::1 81'])
})
