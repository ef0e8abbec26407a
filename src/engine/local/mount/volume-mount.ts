import type { VolumeMount } from '../../../model/mount.ts'
import { seedVolume } from '../volume/seed-volume.ts'
import { type VolumeLayout, volumeLayout } from '../volume/volume-layout.ts'
import { isFileInVolume } from '../volume/volume-subpath.ts'
import { hostMount } from './host-mount.ts'
import type { MountKind, MountPlace } from './mount-kind.ts'

/** A volume of the project. Anonymous ones are the container's; see `anonymousMounts`. */
export const volumeMount: MountKind<'volume'> = {
  check: () => [],

  async prepare(mount, place, image) {
    const { volume, nocopy, subpath, target } = mount
    if (volume === undefined || nocopy || subpath !== undefined) return
    await seedVolume(image, target, layoutOf(mount, place))
  },

  resolve(mount, place) {
    const { volume = '', target, readOnly, subpath, origin } = mount
    const { data } = layoutOf(mount, place)
    const isFile = subpath !== undefined && isFileInVolume(data, { volume, subpath, origin })
    const label = `volume "${volume}"`
    return hostMount({ path: data, subpath, isFile, target, readOnly, recursive: true, label, origin })
  },
}

function layoutOf({ volume: key = '' }: VolumeMount, { roots, volumeNames }: MountPlace): VolumeLayout {
  return volumeLayout(roots, volumeNames.get(key) ?? key)
}
