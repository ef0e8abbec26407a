import type { Lease } from '../../src/store/lease.ts'

/** A lease that keeps nothing, where nobody collects garbage. */
export const NO_LEASE: Lease = { path: undefined, keep: async () => {}, [Symbol.dispose]: () => {} }
