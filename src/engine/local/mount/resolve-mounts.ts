import { statSync } from 'node:fs'
import { assertNever } from '../../../base/assert-never.ts'
import { servicePath } from '../../../base/model-path.ts'
import type { Mount } from '../../../model/mount.ts'
import type { ResolvedMount } from '../../../runtime/launch/container-input.ts'
import { mountedImage } from '../image/container-image.ts'
import type { Roots } from '../state/layout.ts'
import type { ContainerEntry } from '../state/project-record.ts'
import { volumeLayout } from '../volume/volume-layout.ts'
import { isFileInVolume } from '../volume/volume-subpath.ts'
import { ensureBindSource } from './bind-source.ts'
import { resolveImageMount } from './resolve-image-mount.ts'

/**
 * Returns the service's mounts and its anonymous volumes with their places on this host.
 *
 * @throws {TcomposeError} `bind-source-not-found`, `image-not-found`, `image-path-not-found`, `volume-subpath`.
 */
export function resolveMounts(roots: Roots, entry: ContainerEntry): readonly ResolvedMount[] {
  const { spec, anonymousVolumes } = entry
  const declared = spec.config.mounts.flatMap(mount => {
    if (isAnonymous(mount)) return []
    if (mount.kind === 'image') {
      return [resolveImageMount(roots, mount, mountedImage(roots, entry, mount.image))]
    }
    return [resolveMount(mount, { roots, volumeNames: spec.volumeNames })]
  })
  const anonymous = anonymousVolumes.map(
    ({ target, name }): ResolvedMount => ({
      kind: 'volume',
      hostPath: volumeLayout(roots, name).data,
      subpath: undefined,
      isFile: false,
      target,
      readOnly: spec.config.mounts.some(
        mount => isAnonymous(mount) && mount.target === target && mount.readOnly,
      ),
      recursive: true,
      propagation: 'rprivate',
      label: undefined,
      origin: servicePath(spec.service),
    }),
  )
  return [...declared, ...anonymous]
}

interface MountPlace {
  readonly roots: Roots
  readonly volumeNames: ReadonlyMap<string, string>
}

function isAnonymous(mount: Mount): mount is Extract<Mount, { kind: 'volume' }> {
  return mount.kind === 'volume' && mount.volume === undefined
}

function resolveMount(
  mount: Exclude<Mount, { kind: 'image' }>,
  { roots, volumeNames }: MountPlace,
): ResolvedMount {
  const { origin } = mount
  switch (mount.kind) {
    case 'bind': {
      // It may have been cleaned away since the container was made.
      ensureBindSource(mount)
      const { target, readOnly, recursive, propagation, source } = mount
      const isFile = !statSync(source).isDirectory()
      return {
        kind: 'bind',
        hostPath: source,
        subpath: undefined,
        isFile,
        target,
        readOnly,
        recursive,
        propagation,
        label: source,
        origin,
      }
    }
    case 'volume': {
      const key = mount.volume ?? ''
      const { data } = volumeLayout(roots, volumeNames.get(key) ?? key)
      const { target, readOnly, subpath } = mount
      return {
        kind: 'volume',
        hostPath: data,
        subpath,
        isFile: subpath !== undefined && isFileInVolume(data, { volume: key, subpath, origin }),
        target,
        readOnly,
        recursive: true,
        propagation: 'rprivate',
        label: key,
        origin,
      }
    }
    case 'tmpfs': {
      const { target, size, mode, options } = mount
      return { kind: 'tmpfs', target, sizeBytes: size, mode, options, origin }
    }
    default:
      return assertNever(mount)
  }
}
