import { describe, expect, test } from 'vitest'
import type { LoadRequest } from '../../../src/parser/load-request.ts'
import { loadMemory, webFile } from '../../support/memory-project.ts'

/** `severity code line:column` of every diagnostic. */
function found(yaml: string, rest = '', request: Partial<LoadRequest> = {}): readonly string[] {
  const { diagnostics } = loadMemory({ files: { 'compose.yaml': webFile(yaml, rest) }, request })
  return diagnostics.map(({ severity, code, span }) => `${severity} ${code} ${span?.line}:${span?.column}`)
}

describe('checkSysctls()', () => {
  for (const [yaml, rest, place] of [
    ['sysctls: {vm.swappiness: 61}', '', '4:15'],
    ['sysctls: ["vm.max_map_count=1"]', '', '4:15'],
    ['sysctls: {"net/../vm/swappiness": 62}', '', '4:15'],
    ['sysctls: {kernel.hostname: x}', '', '4:15'],
    ['network_mode: host\nsysctls: {net.core.somaxconn: 1}', '', '5:15'],
    ['ipc: host\nsysctls: {kernel.shmmax: 1}', '', '5:15'],
    ['ipc: service:db\nsysctls: {fs.mqueue.msg_max: 1}', '  db: {image: x, ipc: host}\n', '5:15'],
    ['uts: host\nsysctls: {kernel.domainname: a}', '', '5:15'],
    [
      'network_mode: service:db\nsysctls: {net.core.somaxconn: 1}',
      '  db: {image: x, network_mode: host}\n',
      '5:15',
    ],
  ] as const) {
    test(`points at ${JSON.stringify(yaml + rest)}`, () =>
      expect(found(yaml, rest)).toEqual([`error host-sysctl ${place}`]))
  }

  for (const [yaml, rest] of [
    ['network_mode: service:db\nsysctls: {net.core.somaxconn: 1}', '  db: {image: x}\n'],
    ['network_mode: host\nsysctls: {kernel.shmmax: 1000000, fs.mqueue.msg_max: 5}', ''],
    ['ipc: service:db\nsysctls: {kernel.shmmax: 1}', '  db: {image: x, ipc: shareable}\n'],
  ] as const) {
    test(`lets pass ${JSON.stringify(yaml + rest)}`, () => expect(found(yaml, rest)).toEqual([]))
  }

  test('only looks at the services that are named, and at what they need', () => {
    const rest = '  db: {image: x}\n  app: {image: x, depends_on: [web]}\n'
    const yaml = 'sysctls: {vm.swappiness: 61}'
    expect(found(yaml, rest, { services: ['db'] })).toEqual([])
    expect(found(yaml, rest, { services: ['app'] })).toEqual(['error host-sysctl 4:15'])
  })

  test('only warns where what cannot be run is allowed', () => {
    expect(found('sysctls: {vm.swappiness: 61}', '', { allowUnsupported: true })).toEqual([
      'warning host-sysctl 4:15',
    ])
  })
})
