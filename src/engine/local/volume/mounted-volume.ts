import { lookup } from 'node:dns/promises'
import { lstatSync } from 'node:fs'
import { isIP } from 'node:net'
import { TcomposeError } from '../../../base/tcompose-error.ts'
import { unlessUnreadable } from '../../../disk/damaged-record.ts'
import { mount, unmount } from '../../../linux/mount.ts'
import { type VolumeSource, volumeSource } from '../../../model/volume-options.ts'
import { filesystemOptions } from '../../../runtime/launch/mount-options.ts'
import type { Roots } from '../state/layout.ts'
import { volumeLayout } from './volume-layout.ts'
import { readVolumeRecord } from './volume-record.ts'

/** Returns what the files of volume `name` are; a volume whose record cannot be read is a folder. */
export function sourceOfVolume(roots: Roots, name: string): VolumeSource {
  return volumeSource(unlessUnreadable(() => readVolumeRecord(roots, name))?.options)
}

/**
 * Mounts the file system of a volume that has one of its own, unless it is mounted.
 *
 * @throws {TcomposeError} `volume` with what mount(2) said.
 */
export async function mountVolume(roots: Roots, name: string): Promise<void> {
  const source = sourceOfVolume(roots, name)
  if (source.kind !== 'filesystem' || isMounted(roots, name)) return
  const { type, device, options } = await withAddress(source)
  const { flags, data } = filesystemOptions(options)
  const target = volumeLayout(roots, name).data
  try {
    mount({ source: device, target, type, flags, data: data === '' ? null : data })
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    throw new TcomposeError('volume', `Cannot mount ${device} (${type}) as volume "${name}": ${reason}`, {
      hint: 'Check "type", "device" and "o" of its "driver_opts"; dmesg(1) may tell more',
      cause: error,
    })
  }
}

/** Unmounts the file system of a volume: nobody uses it, or whoever does keeps it. */
export function unmountVolume(roots: Roots, name: string): void {
  if (!isMounted(roots, name)) return
  while (unmount(volumeLayout(roots, name).data));
}

/** Tells whether another file system is mounted where the folder of the volume is. */
export function isMounted(roots: Roots, name: string): boolean {
  const { folder, data } = volumeLayout(roots, name)
  const [outer, inner] = [folder, data].map(path => lstatSync(path, { throwIfNoEntry: false })?.dev)
  return inner !== undefined && inner !== outer
}

/** The kernel takes addresses only, and a server of NFS has a name. */
async function withAddress(
  source: Extract<VolumeSource, { kind: 'filesystem' }>,
): Promise<Extract<VolumeSource, { kind: 'filesystem' }>> {
  if (!source.type.startsWith('nfs')) return source
  const options = await Promise.all(
    source.options.map(async option => {
      const [, host] = /^addr=(.+)$/.exec(option) ?? []
      return host === undefined || isIP(host) !== 0 ? option : `addr=${(await lookup(host)).address}`
    }),
  )
  return { ...source, options }
}
