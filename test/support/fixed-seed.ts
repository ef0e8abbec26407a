import fc from 'fast-check'

/**
 * Gives every property test the same inputs in every run, so that a gate that passed passes again. To try others:
 * `TCOMPOSE_SEED=$RANDOM npx vitest run test/parser`.
 */
const FIXED_SEED = 20_261_123

fc.configureGlobal({ seed: Number(process.env['TCOMPOSE_SEED'] ?? FIXED_SEED) })
