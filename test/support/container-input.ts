import { parseAbsolutePath } from '../../src/base/absolute-path.ts'
import { parseDigest } from '../../src/base/digest.ts'
import { type ContainerInput, toRuntimeSpec } from '../../src/engine/local/container/to-runtime-spec.ts'
import { containerLayout } from '../../src/engine/local/state/layout.ts'
import type { ContainerSpec } from '../../src/model/container.ts'
import { type ContainerId, parseContainerId, parseProjectName } from '../../src/model/names.ts'
import type { Service } from '../../src/model/service.ts'
import { EMPTY_IMAGE_CONFIG } from '../../src/oci/image-config.ts'
import type { ContainerLaunch } from '../../src/runtime/launch/container-launch.ts'
import { aService } from './model-builders.ts'

export const CONTAINER_ID: ContainerId = parseContainerId('0123456789abcdef'.repeat(4))

/** Returns the only replica of service `web`, which runs `/bin/app`, with `changes`. */
export function aContainerSpec(changes: Partial<Service> = {}): ContainerSpec {
  return {
    service: 'web',
    number: 1,
    name: 'shop-web-1',
    configHash: '0'.repeat(64),
    config: aService('web', { command: ['/bin/app'], ...changes }),
    networkNames: new Map(),
    volumeNames: new Map(),
    labels: new Map(),
  }
}

/** Returns the input of `toRuntimeSpec`, on a v2 host and as root, with `changes`. */
export function aContainerInput(
  service: Partial<Service> = {},
  changes: Partial<ContainerInput> = {},
): ContainerInput {
  return {
    spec: aContainerSpec(service),
    image: {
      reference: 'rootfs:/',
      id: parseDigest(`sha256:${'0'.repeat(64)}`),
      config: EMPTY_IMAGE_CONFIG,
      layers: [parseAbsolutePath('/')],
    },
    id: CONTAINER_ID,
    layout: containerLayout({ data: '/data', run: '/run' }, parseProjectName('shop'), CONTAINER_ID),
    layersDir: '/data/layers',
    names: { hostname: '0123456789ab', domainname: undefined },
    user: { uid: 0, gid: 0, groups: [], home: '/root' },
    netns: '/run/netns/web',
    cgroup: { version: 2, folders: ['/cg/tcompose/abcdef/shop/0123456789ab'] },
    mounts: [],
    seccomp: {
      profile: { defaultAction: 'SCMP_ACT_ERRNO', architectures: [], syscalls: [] },
      filter: new Uint8Array(8),
    },
    host: {
      cgroups: { kind: 'v2', mountPoint: '/cg' },
      capabilities: (1n << 41n) - 1n,
      devices: [],
    },
    ...changes,
  }
}

/** Returns what `compileRuntimeSpec` takes, for the container of `aContainerInput`. */
export function aContainerLaunch(
  service: Partial<Service> = {},
  changes: Partial<ContainerInput> = {},
): ContainerLaunch {
  return toRuntimeSpec(aContainerInput(service, changes))
}
