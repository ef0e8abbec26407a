import { lstatSync, readdirSync } from 'node:fs'
import { join } from 'node:path'

const ROOT = '/dev'

/** A device node of the host. */
export interface DeviceNode {
  /** Absolute. */
  readonly path: string
  readonly kind: 'character' | 'block'
  readonly major: number
  readonly minor: number
  /** Permission bits. */
  readonly mode: number
  readonly uid: number
  readonly gid: number
}

/** Returns the device nodes below the host's /dev, as a privileged container gets them. */
export function listDevices(): readonly DeviceNode[] {
  return devicesBelow(ROOT)
}

/** Returns the device nodes in `folder` and the folders in it, sorted by path; links are not followed. */
export function devicesBelow(folder: string): readonly DeviceNode[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter(entry => entry.isCharacterDevice() || entry.isBlockDevice())
    .flatMap(entry => readDevice(join(entry.parentPath, entry.name)))
    .toSorted((a, b) => (a.path < b.path ? -1 : 1))
}

/**
 * Returns the device node at `path`, not through a link; none where there is no device. A node may go away between a
 * listing and the look at it, as terminals do.
 */
export function readDevice(path: string): readonly DeviceNode[] {
  const stats = lstatSync(path, { throwIfNoEntry: false })
  if (stats === undefined || !(stats.isCharacterDevice() || stats.isBlockDevice())) return []
  const { major, minor } = deviceNumbers(stats.rdev)
  const kind = stats.isBlockDevice() ? 'block' : 'character'
  return [{ path, kind, major, minor, mode: stats.mode & 0o7777, uid: stats.uid, gid: stats.gid }]
}

/** Takes a dev_t apart as makedev(3) of glibc puts it together, for numbers within 32 bits. */
export function deviceNumbers(rdev: number): { readonly major: number; readonly minor: number } {
  return { major: (rdev >>> 8) & 0xfff, minor: (rdev & 0xff) | ((rdev >>> 12) & 0xfff00) }
}
