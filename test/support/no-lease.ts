import type { Lease } from '../../src/engine/image/store/lease.ts'

/** A lease that keeps nothing, where nobody collects garbage. */
export const NO_LEASE: Lease = { path: undefined, keep: async () => {}, [Symbol.dispose]: () => {} }
