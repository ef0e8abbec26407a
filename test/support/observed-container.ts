import type { ObservedContainer } from '../../src/app/index.ts'
import { containerIdOf, imageIdOf } from './apply-plan.ts'

const NOW = Date.parse('2026-11-23T12:00:00Z')
const MINUTE = 60_000

/** Returns the first container of a service, created 5 minutes before the time of `recordedPorts`, up for 3. */
export function anObservedContainer(
  service: string,
  changes: Partial<ObservedContainer> = {},
): ObservedContainer {
  return {
    service,
    number: 1,
    id: containerIdOf(service.length),
    name: `shop-${service}-1`,
    configHash: '',
    image: 'oci:app',
    imageId: imageIdOf('oci:app'),
    command: ['node', 'server.js', '--port', '8080'],
    labels: new Map([['a', '1']]),
    state: { kind: 'running', pid: 1, startedAt: NOW - 3 * MINUTE },
    health: undefined,
    createdAt: NOW - 5 * MINUTE,
    ports: [],
    networks: [{ network: 'default', ipv4Address: '172.18.0.2' }],
    mounts: ['shop_data'],
    ...changes,
  }
}
