import type { MountSpec, RuntimeSpec } from '../../oci/runtime-spec.ts'
import type { ContainerLaunch } from './container-launch.ts'
import { isNewFilesystem, type PlacedMount } from './mount-steps.ts'

/**
 * Runtimes refuse versions that they do not know, whatever the spec holds. No field is used that this one lacks.
 */
const BUNDLE_VERSION = '1.0.2'

/**
 * Returns the spec of a container as the bundle for an OCI runtime has it. What tcompose has prepared is left out: the
 * control group with its limits, and how the sources of mounts are opened. `sources` are the mounts whose files are at
 * hand, with the path that the runtime finds them at.
 */
export function bundleSpec(
  { spec }: ContainerLaunch,
  sources: ReadonlyMap<PlacedMount['mount'], string>,
): RuntimeSpec {
  const { domainname, linux, ...rest } = spec
  const { cgroupsPath: _path, resources: _resources, sysctl = {}, ...others } = linux
  return {
    ...rest,
    ociVersion: BUNDLE_VERSION,
    root: { ...spec.root, path: ROOT },
    mounts: spec.mounts.map(mount => boundMount(mount, sources.get(mount))),
    linux: {
      ...others,
      rootfsPropagation: strongestPropagation(spec.mounts),
      // A field for the domain name came with version 1.1.
      sysctl: { ...sysctl, ...(domainname !== undefined && { 'kernel.domainname': domainname }) },
    },
  }
}

/** The container's root, below the bundle. */
export const ROOT = 'rootfs'

function boundMount(mount: MountSpec, source: string | undefined): MountSpec {
  if (source === undefined) return mount
  const kept = mount.options
    .map(option => (option === 'rro' ? 'ro' : option))
    .filter(option => BIND_OPTIONS.has(option))
  return { destination: mount.destination, type: 'bind', source, options: ['rbind', ...kept] }
}

/** What else the options ask for, such as the owners that are shown, the prepared mount has already. */
const BIND_OPTIONS = new Set([
  'ro',
  'nosuid',
  'nodev',
  'noexec',
  'private',
  'rprivate',
  'slave',
  'rslave',
  'shared',
  'rshared',
])

/** A mount cannot pass on more than the tree that the runtime copies it from. */
function strongestPropagation(mounts: readonly MountSpec[]): string {
  const has = (...options: readonly string[]) =>
    mounts.some(mount => mount.options.some(option => options.includes(option)))
  if (has('shared', 'rshared')) return 'rshared'
  return has('slave', 'rslave') ? 'rslave' : 'rprivate'
}

/** Returns the mounts whose files the runtime does not make itself. */
export function preparedMounts(
  placed: readonly PlacedMount[],
  { spec }: ContainerLaunch,
): readonly PlacedMount[] {
  const own = new Set(spec.mounts)
  return placed.filter(({ mount, extras }) => own.has(mount) && !isNewFilesystem(extras.files))
}
