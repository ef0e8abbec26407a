import { type BridgeRequest, createBridge } from './bridge.ts'
import type { NetworkRecord } from './network-record.ts'
import { parentNetwork } from './parent-network.ts'

/**
 * Makes a network in the thread's network namespace, by its driver.
 *
 * @throws {TcomposeError} `no-free-subnet`, `missing-kernel-feature`, or `network` for what cannot be had.
 */
export function makeNetwork(request: BridgeRequest): NetworkRecord {
  return request.network.driver === 'bridge' ? createBridge(request) : parentNetwork(request)
}
