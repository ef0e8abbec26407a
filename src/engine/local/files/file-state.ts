import type { BigIntStats } from 'node:fs'

/** Two writes within this time may leave the same modification time: the kernel counts it in ticks. */
const TICK_MS = 20n
const MILLISECOND = 1_000_000n

/**
 * Returns a text that is another one when what `stats` are of has changed. For a folder only its permissions count: what
 * is in it is mirrored by itself.
 */
export function fileState(stats: BigIntStats): string {
  if (stats.isDirectory()) return `${stats.mode}`
  return `${stats.mode} ${stats.size} ${stats.ino} ${stats.mtimeNs}`
}

/**
 * Tells whether a change after `now` may leave the state as it is.
 *
 * @param now Milliseconds since the epoch, before the content was read.
 */
export function isFresh(stats: BigIntStats, now: number): boolean {
  return !stats.isDirectory() && stats.mtimeNs / MILLISECOND + TICK_MS > BigInt(now)
}
