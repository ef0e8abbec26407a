import type { StoredImage } from '../../src/app/index.ts'
import { imageIdOf } from './apply-plan.ts'

/** An image of the store, created five days before the time of `recordedPorts`, with 12.3 MB. */
export function aStoredImage(name: string, changes: Partial<StoredImage> = {}): StoredImage {
  return {
    id: imageIdOf(name),
    names: [{ reference: name, digest: imageIdOf('registry'), givenAt: Date.parse('2026-11-22T12:00:00Z') }],
    size: 12_345_678,
    uniqueSize: 2_345_678,
    createdAt: Date.parse('2026-11-18T12:00:00Z'),
    platform: 'linux/amd64',
    labels: new Map(),
    containers: [],
    ...changes,
  }
}
