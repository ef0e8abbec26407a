import { parseAbsolutePath } from '../../../base/absolute-path.ts'
import { servicePath } from '../../../base/model-path.ts'
import { LayeredTree } from '../../../disk/layered-tree.ts'
import type { PlacedFile } from '../../../runtime/launch/container-launch.ts'
import type { ContainerDevices } from '../device/container-devices.ts'
import { placedFiles } from '../device/placed-files.ts'
import type { ContainerInput } from './to-runtime-spec.ts'

/** Returns what is put into the files of a container for its devices. */
export function placedFilesOf(
  { spec, layout, image }: Pick<ContainerInput, 'spec' | 'layout' | 'image'>,
  devices: ContainerDevices,
): readonly PlacedFile[] {
  if (devices.libraryFolders.length + devices.links.length === 0) return []
  const files = new LayeredTree([...image.layers, parseAbsolutePath(layout.upper)])
  return placedFiles(devices, files, servicePath(spec.service, 'devices'))
}
