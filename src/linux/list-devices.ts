import { lstatSync, readdirSync } from 'node:fs'
import { join } from 'node:path'

const ROOT = '/dev'

/** A device node of the host. */
export interface DeviceNode {
  /** Absolute, below /dev. */
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
  return readdirSync(ROOT, { recursive: true, withFileTypes: true })
    .filter(entry => entry.isCharacterDevice() || entry.isBlockDevice())
    .flatMap(entry => readDevice(join(entry.parentPath, entry.name)))
}

/** A node may go away between the listing and the look at it, as terminals do. */
function readDevice(path: string): readonly DeviceNode[] {
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
