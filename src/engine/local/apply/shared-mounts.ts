import { parseAbsolutePath } from '../../../base/absolute-path.ts'
import { servicePath } from '../../../base/model-path.ts'
import { TcomposeError } from '../../../base/tcompose-error.ts'
import type { ContainerSpec } from '../../../model/container.ts'
import type { Mount } from '../../../model/mount.ts'
import type { VolumesFrom } from '../../../model/volumes-from.ts'
import type { Roots } from '../state/layout.ts'
import type { ContainerEntry } from '../state/project-record.ts'
import { type ApplyContext, replicaEntry } from './apply-context.ts'
import { findContainer } from './find-container.ts'

/**
 * Returns what a new container has from others by `volumes_from`: their volumes, with real names, and bind mounts. A mount
 * of its own at the same place goes first, then what is named later.
 *
 * @throws {TcomposeError} `volume` if there is no such container.
 */
export function sharedMounts(context: ApplyContext, spec: ContainerSpec): readonly Mount[] {
  const { mounts, volumesFrom = [] } = spec.config
  const own = new Set<string>(mounts.map(({ target }) => target))
  const found = new Map<string, Mount>()
  for (const [index, { source, readOnly }] of volumesFrom.entries()) {
    const entry =
      source.kind === 'service'
        ? replicaEntry(context, { service: source.service, number: 1 })
        : findContainer(context.roots, source.container)?.entry
    if (entry === undefined) throw missingSource(spec, source, index)
    for (const mount of mountsOf(entry)) {
      if (own.has(mount.target)) continue
      const origin = servicePath(spec.service, 'volumes_from', index)
      found.set(mount.target, { ...mount, readOnly: mount.readOnly || readOnly, origin })
    }
  }
  return [...found.values()]
}

/** Returns an error for each container that is only named and does not exist; `made` are names of those that a plan makes. */
export function sharedMountProblems(
  roots: Roots,
  spec: ContainerSpec,
  made: ReadonlySet<string>,
): readonly TcomposeError[] {
  return (spec.config.volumesFrom ?? []).flatMap(({ source }, index) => {
    if (source.kind === 'service' || made.has(source.container)) return []
    return findContainer(roots, source.container) === undefined ? [missingSource(spec, source, index)] : []
  })
}

type SharedMount = Mount<'bind'> | Mount<'volume'>

/** What of a container's mounts can be had twice: not its own memory, nor the files of images. */
function mountsOf({ spec, anonymousVolumes, sharedMounts = [] }: ContainerEntry): readonly SharedMount[] {
  const declared = [...spec.config.mounts, ...sharedMounts].flatMap((mount): readonly SharedMount[] => {
    if (mount.kind === 'bind') return [mount]
    if (mount.kind !== 'volume' || mount.volume === undefined) return []
    return [{ ...mount, volume: spec.volumeNames.get(mount.volume) ?? mount.volume }]
  })
  const anonymous = anonymousVolumes.map(({ name, target }) => ({
    kind: 'volume' as const,
    volume: name,
    target: parseAbsolutePath(target),
    readOnly: false,
    nocopy: true,
    subpath: undefined,
    origin: servicePath(spec.service),
  }))
  return [...declared, ...anonymous]
}

function missingSource(
  { service }: ContainerSpec,
  source: VolumesFrom['source'],
  index: number,
): TcomposeError {
  const what = source.kind === 'service' ? `service "${source.service}"` : `container "${source.container}"`
  const message = `Cannot use the volumes of ${what} in service "${service}": there is no such container`
  return new TcomposeError('volume', message, {
    hint: 'Create it first',
    origin: servicePath(service, 'volumes_from', index),
  })
}
