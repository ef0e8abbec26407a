import { createHash } from 'node:crypto'
import { parseAbsolutePath } from '../../src/base/absolute-path.ts'
import { servicePath } from '../../src/base/model-path.ts'
import type { Mount } from '../../src/model/mount.ts'
import { parseProjectName } from '../../src/model/names.ts'
import type { Network, NetworkAttachment, NetworkMode, PortMapping } from '../../src/model/network.ts'
import type { ObservedState } from '../../src/model/observed-state.ts'
import type { Project } from '../../src/model/project.ts'
import type { Dependency, Service } from '../../src/model/service.ts'
import type { ServiceFile } from '../../src/model/service-file.ts'
import type { Volume } from '../../src/model/volume.ts'

/** Returns a service with defaults, except `changes`. */
export function aService(name: string, changes: Partial<Service> = {}): Service {
  return {
    name,
    image: 'rootfs:/',
    platform: undefined,
    pullPolicy: undefined,
    replicas: 1,
    containerName: undefined,
    profiles: [],
    dependsOn: [],
    labels: new Map(),
    annotations: new Map(),
    entrypoint: undefined,
    command: undefined,
    environment: new Map(),
    workingDir: undefined,
    user: undefined,
    groupAdd: [],
    init: false,
    tty: false,
    stdinOpen: false,
    stopSignal: undefined,
    stopGracePeriod: undefined,
    attach: true,
    networkMode: onNetworks('default'),
    ports: [],
    hostname: undefined,
    domainname: undefined,
    extraHosts: [],
    dns: { servers: [], search: [], options: [] },
    mounts: [],
    readOnly: false,
    shmSize: undefined,
    limits: {
      memory: undefined,
      memoryReservation: undefined,
      memorySwap: undefined,
      cpus: undefined,
      cpuShares: undefined,
      cpuset: undefined,
      pids: undefined,
    },
    ulimits: new Map(),
    sysctls: new Map(),
    oomScoreAdj: undefined,
    security: {
      privileged: false,
      capAdd: [],
      capDrop: [],
      noNewPrivileges: false,
      seccomp: { kind: 'default' },
      unmaskSystemPaths: false,
    },
    healthcheck: undefined,
    restart: { kind: 'no' },
    ...changes,
  }
}

/** Returns a dependency on `service`, by default that it is started. */
export function aDependency(service: string, changes: Partial<Dependency> = {}): Dependency {
  return { service, condition: 'service_started', restart: false, required: true, ...changes }
}

/** Returns the mode of a service on the networks `keys`. */
export function onNetworks(...keys: readonly string[]): NetworkMode {
  return { kind: 'networks', attachments: keys.map(network => anAttachment(network)) }
}

/** Returns how a service is on `network`. */
export function anAttachment(network: string, changes: Partial<NetworkAttachment> = {}): NetworkAttachment {
  return {
    network,
    aliases: [],
    ipv4Address: undefined,
    macAddress: undefined,
    interfaceName: undefined,
    priority: 0,
    gatewayPriority: 0,
    ...changes,
  }
}

/** Returns a port of the service `web` that is published on host port `published` of every address. */
export function aPort(published: number, changes: Partial<PortMapping> = {}): PortMapping {
  return {
    hostIp: undefined,
    published: { from: published, to: published },
    target: 80,
    protocol: 'tcp',
    origin: servicePath('web', 'ports', 0),
    ...changes,
  }
}

/** Returns a mount of the named volume `key` at `/<key>`. */
export function aVolumeMount(key: string): Mount {
  return {
    kind: 'volume',
    volume: key,
    target: parseAbsolutePath(`/${key}`),
    readOnly: false,
    nocopy: false,
    subpath: undefined,
    origin: servicePath('web', 'volumes', 0),
  }
}

/** Returns a secret or config `key` that is in a file of the project. */
export function aFile(
  kind: ServiceFile['kind'],
  key: string,
  changes: Partial<ServiceFile> = {},
): ServiceFile {
  return {
    kind,
    key,
    target: parseAbsolutePath(kind === 'secret' ? `/run/secrets/${key}` : `/${key}`),
    uid: 0,
    gid: 0,
    mode: 0o444,
    source: { kind: 'file', path: parseAbsolutePath(`/project/${key}`) },
    origin: servicePath('web', `${kind}s`, 0),
    digest: 'digest',
    ...changes,
  }
}

export function aNetwork(key: string, changes: Partial<Network> = {}): Network {
  return {
    key,
    name: `shop_${key}`,
    driver: 'bridge',
    external: false,
    internal: false,
    ipam: [],
    mtu: undefined,
    labels: new Map(),
    ...changes,
  }
}

export function aVolume(key: string, changes: Partial<Volume> = {}): Volume {
  return { key, name: `shop_${key}`, external: false, labels: new Map(), ...changes }
}

/** Returns the project `shop` with the network `default`. */
export function aProject(
  services: readonly Service[],
  changes: {
    readonly networks?: readonly Network[]
    readonly volumes?: readonly Volume[]
  } = {},
): Project {
  const { networks = [aNetwork('default')], volumes = [] } = changes
  return {
    name: parseProjectName('shop'),
    workingDir: parseAbsolutePath('/srv/shop'),
    files: ['/srv/shop/compose.yaml'],
    services: new Map(services.map(service => [service.name, service])),
    networks: new Map(networks.map(network => [network.key, network])),
    volumes: new Map(volumes.map(volume => [volume.key, volume])),
    origins: new Map(),
  }
}

/** Returns a snapshot of the project `shop` in which nothing exists, except `changes`. */
export function anObservedState(changes: Partial<ObservedState> = {}): ObservedState {
  return {
    project: parseProjectName('shop'),
    images: new Map(),
    networks: new Map(),
    volumes: new Map(),
    containers: [],
    ...changes,
  }
}

/** The hash that tests pass to the planner. */
export function sha256Hex(text: string): string {
  return createHash('sha256').update(text).digest('hex')
}
