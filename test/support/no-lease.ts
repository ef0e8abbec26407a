import type { Lease } from '../../src/store/lease.ts'

/** A lease that keeps nothing, for tests without a garbage collector. */
export const NO_LEASE: Lease = { path: undefined, keep: async () => {}, [Symbol.dispose]: () => {} }
