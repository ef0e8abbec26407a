import type { Service } from '../../../model/service.ts'

/** Tells whether what a service reads and writes of block devices is limited to a rate. */
export function hasBlockRates({ limits }: Pick<Service, 'limits'>): boolean {
  return (limits.blockIo?.rates.length ?? 0) > 0
}
