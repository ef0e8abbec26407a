import type { DescribedKind, DescribeOptions, GpuListing } from '../engine/engine.ts'
import type { AppContext } from './app-context.ts'

/** Returns the GPUs of the engine, and what its files describe. */
export function listGpus({ engine }: Pick<AppContext, 'engine'>): Promise<GpuListing> {
  return engine.devices.list()
}

/**
 * Returns the specifications that containers get GPUs by.
 *
 * @throws {TcomposeError} `gpu-not-found`.
 */
export function describeGpus(
  { engine }: Pick<AppContext, 'engine'>,
  options: DescribeOptions,
): Promise<readonly DescribedKind[]> {
  return engine.devices.describe(options)
}
