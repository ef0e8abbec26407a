import { type AbsolutePath, parseAbsolutePath } from '../../../base/absolute-path.ts'
import type { VolumeMount } from '../../../model/mount.ts'
import { bindProblem } from '../volume/bind-problem.ts'
import { sourceOfVolume } from '../volume/mounted-volume.ts'
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
    const layout = layoutOf(mount, place)
    const source = sourceOfVolume(place.roots, realName(mount, place))
    if (source.kind === 'folder') await seedVolume(image, target, layout)
    // A copy in the same folder can be moved into place whatever file system that is on.
    if (source.kind === 'bind' && !source.readOnly) {
      const data = parseAbsolutePath(source.path)
      await seedVolume(image, target, { ...layout, data, seedCopy: `${source.path}/.tcompose-seed` })
    }
  },

  resolve(mount, place) {
    const { volume = '', target, readOnly, subpath, origin } = mount
    const source = sourceOfVolume(place.roots, realName(mount, place))
    const isBind = source.kind === 'bind'
    const data = isBind ? requireFolder(mount, source.path) : layoutOf(mount, place).data
    const isFile = subpath !== undefined && isFileInVolume(data, { volume, subpath, origin })
    const label = `volume "${volume}"`
    return hostMount({
      ...{ path: data, subpath, isFile, target, label, origin },
      ...(!isBind && { isOfContainer: true }),
      readOnly: readOnly || (isBind && source.readOnly),
      recursive: !isBind || source.recursive,
    })
  },
}

function layoutOf(mount: VolumeMount, place: MountPlace): VolumeLayout {
  return volumeLayout(place.roots, realName(mount, place))
}

function realName({ volume: key = '' }: VolumeMount, { volumeNames }: MountPlace): string {
  return volumeNames.get(key) ?? key
}

function requireFolder({ volume = '', origin }: VolumeMount, path: string): AbsolutePath {
  const problem = bindProblem(volume, path)
  if (problem !== undefined) throw problem.at(origin)
  return parseAbsolutePath(path)
}
