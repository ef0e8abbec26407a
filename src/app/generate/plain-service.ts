import type { Logging } from '../../model/logging.ts'
import type { Mount } from '../../model/mount.ts'
import type { NetworkAttachment, NetworkMode } from '../../model/network.ts'
import type { Healthcheck, ResourceLimits, SecuritySettings, Service } from '../../model/service.ts'
import { type Plain, withoutEmpty } from './plain.ts'
import { plainDevices, plainRequests, plainRules } from './plain-devices.ts'
import { plainHook } from './plain-hook.ts'
import { plainLogging } from './plain-logging.ts'

/** Attributes of a Compose file for one attribute of a service; undefined and empty ones say nothing. */
type Attributes = Readonly<Record<string, Plain | undefined>>

/**
 * Returns `service` in the words of a Compose file, so that reading it gives the same service again. Left out are what is of
 * its project and not of its containers: builds, profiles, providers, models, rules to watch.
 */
export function plainService(service: Service): Plain {
  const parts = Object.values(WRITERS).map(write => write(service))
  return withoutEmpty(Object.assign({}, ...parts))
}

/** One for each attribute, so that none can be forgotten. */
const WRITERS: Readonly<Record<keyof Service, (service: Service) => Attributes>> = {
  name: () => ({}),
  image: ({ image }) => ({ image }),
  build: () => ({}),
  platform: ({ platform }) => ({ platform }),
  pullPolicy: ({ pullPolicy }) => {
    if (pullPolicy?.kind !== 'refresh') return { pull_policy: pullPolicy?.kind }
    return { pull_policy: 'refresh', pull_refresh_after: `${pullPolicy.after}ms` }
  },
  replicas: ({ replicas }) => ({ scale: replicas === 1 ? undefined : replicas }),
  containerName: ({ containerName }) => ({ container_name: containerName }),
  profiles: () => ({}),
  dependsOn: ({ dependsOn }) => ({
    depends_on: Object.fromEntries(
      dependsOn.map(({ service, condition, restart, required }) => [
        service,
        { condition, ...(restart && { restart }), ...(!required && { required }) },
      ]),
    ),
  }),
  providedBy: () => ({}),
  labels: ({ labels }) => ({ labels: Object.fromEntries(labels) }),
  annotations: ({ annotations }) => ({ annotations: Object.fromEntries(annotations) }),
  entrypoint: ({ entrypoint }) => ({ entrypoint: wordsOf(entrypoint) }),
  command: ({ command }) => ({ command: wordsOf(command) }),
  environment: ({ environment }) => ({
    environment: Object.fromEntries([...environment].map(([name, value]) => [name, value ?? null])),
  }),
  workingDir: ({ workingDir }) => ({ working_dir: workingDir }),
  user: ({ user }) => ({ user }),
  groupAdd: ({ groupAdd }) => ({ group_add: groupAdd }),
  runtime: ({ runtime }) => ({ runtime }),
  isolation: ({ isolation }) => ({ 'x-isolation': isolation }),
  init: ({ init }) => ({ init: init || undefined }),
  tty: ({ tty }) => ({ tty: tty || undefined }),
  stdinOpen: ({ stdinOpen }) => ({ stdin_open: stdinOpen || undefined }),
  stopSignal: ({ stopSignal }) => ({ stop_signal: stopSignal }),
  stopGracePeriod: ({ stopGracePeriod }) => ({ stop_grace_period: duration(stopGracePeriod) }),
  attach: ({ attach }) => ({ attach: attach ? undefined : false }),
  logging: ({ logging }) => ({ logging: logging && loggingOf(logging) }),
  networkMode: ({ networkMode }) => networkAttributes(networkMode),
  pid: ({ pid }) => ({ pid: pid && sharedText(pid) }),
  ipc: ({ ipc }) => ({ ipc: ipc && sharedText(ipc) }),
  userns: ({ userns }) => ({ userns_mode: userns && `auto:size=${userns.size}` }),
  uts: ({ uts }) => ({ uts }),
  cgroup: ({ cgroup }) => ({ cgroup }),
  cgroupParent: ({ cgroupParent }) => ({ cgroup_parent: cgroupParent }),
  ports: ({ ports }) => ({
    ports: ports.map(({ hostIp, published, target, protocol }) => ({
      target,
      ...(hostIp !== undefined && { host_ip: hostIp }),
      ...(published && { published: rangeText(published) }),
      protocol,
    })),
  }),
  expose: ({ expose = [] }) => ({ expose }),
  hostname: ({ hostname }) => ({ hostname }),
  domainname: ({ domainname }) => ({ domainname }),
  extraHosts: ({ extraHosts }) => ({
    extra_hosts: extraHosts.map(({ host, address }) => `${host}=${address}`),
  }),
  links: ({ links = new Map() }) => ({
    external_links: [...links].map(([alias, target]) => `${target}:${alias}`),
  }),
  dns: ({ dns: { servers, search, options } }) => ({ dns: servers, dns_search: search, dns_opt: options }),
  mounts: ({ mounts }) => ({
    volumes: mounts.filter(mount => !isLine(mount)).map(mountOf),
    tmpfs: mounts.filter(isLine).map(tmpfsLine),
  }),
  models: () => ({}),
  files: ({ files = [] }) => {
    const granted = (kind: 'secret' | 'config') =>
      files
        .filter(file => file.kind === kind)
        .map(({ key, target, uid, gid, mode }) => ({
          ...{ source: key, target, uid: String(uid), gid: String(gid) },
          mode: `0${mode.toString(8)}`,
        }))
    return { secrets: granted('secret'), configs: granted('config') }
  },
  volumesFrom: ({ volumesFrom = [] }) => ({
    volumes_from: volumesFrom.map(({ source, readOnly }) => {
      const from = source.kind === 'service' ? source.service : `container:${source.container}`
      return readOnly ? `${from}:ro` : from
    }),
  }),
  readOnly: ({ readOnly }) => ({ read_only: readOnly || undefined }),
  shmSize: ({ shmSize }) => ({ shm_size: shmSize }),
  storageSize: ({ storageSize }) => ({
    storage_opt: storageSize === undefined ? undefined : { size: String(storageSize) },
  }),
  devices: ({ devices = [] }) => ({ devices: plainDevices(devices) }),
  deviceRules: ({ deviceRules = [] }) => ({ device_cgroup_rules: plainRules(deviceRules) }),
  deviceRequests: ({ deviceRequests = [] }) => ({
    deploy:
      deviceRequests.length === 0
        ? undefined
        : { resources: { reservations: { devices: plainRequests(deviceRequests) } } },
  }),
  limits: ({ limits }) => limitAttributes(limits),
  ulimits: ({ ulimits }) => ({
    ulimits: Object.fromEntries([...ulimits].map(([name, { soft, hard }]) => [name, { soft, hard }])),
  }),
  sysctls: ({ sysctls }) => ({ sysctls: Object.fromEntries(sysctls) }),
  oomScoreAdj: ({ oomScoreAdj }) => ({ oom_score_adj: oomScoreAdj }),
  security: ({ security }) => securityAttributes(security),
  healthcheck: ({ healthcheck }) => (healthcheck === undefined ? {} : healthAttributes(healthcheck)),
  onUnhealthy: ({ onUnhealthy }) => ({ 'x-on-unhealthy': onUnhealthy }),
  restart: ({ restart }) => {
    if (restart.kind === 'no') return {}
    const most = restart.kind === 'on-failure' ? restart.maxRetries : undefined
    return { restart: most === undefined ? restart.kind : `${restart.kind}:${most}` }
  },
  preStart: ({ preStart = [] }) => ({
    pre_start: preStart.map(hook => ({
      ...plainHook(hook),
      image: hook.image,
      ...(hook.isPerReplica && { per_replica: true }),
    })),
  }),
  postStart: ({ postStart = [] }) => ({ post_start: postStart.map(plainHook) }),
  preStop: ({ preStop = [] }) => ({ pre_stop: preStop.map(plainHook) }),
  watch: () => ({}),
}

/** An empty command clears the image's, so it says something. */
function wordsOf(words: readonly string[] | undefined): Plain | undefined {
  return words?.length === 0 ? KEPT_EMPTY : words
}

const KEPT_EMPTY: Plain = Object.freeze([])

function loggingOf(logging: Logging): Plain {
  return plainLogging(logging)
}

function networkAttributes(mode: NetworkMode): Attributes {
  switch (mode.kind) {
    case 'none':
    case 'host':
      return { network_mode: mode.kind }
    case 'service':
      return { network_mode: `service:${mode.service}` }
    case 'container':
      return { network_mode: `container:${mode.container}` }
    case 'networks':
      return {
        networks: Object.fromEntries(mode.attachments.map(each => [each.network, attachmentOf(each)])),
      }
  }
}

function attachmentOf({ network, ...attachment }: NetworkAttachment): Plain {
  const { aliases, ipv4Address, macAddress, interfaceName, priority, gatewayPriority } = attachment
  const { ipv6Address, linkLocalAddresses = [], sysctls = new Map() } = attachment
  const settings = [...sysctls].map(([name, value]) => `net.${name}=${value}`)
  const plain = withoutEmpty({
    ...{ aliases, ipv4_address: ipv4Address, mac_address: macAddress, interface_name: interfaceName },
    ...{ ipv6_address: ipv6Address, link_local_ips: linkLocalAddresses },
    driver_opts: settings.length === 0 ? undefined : { [ENDPOINT_SYSCTLS]: settings.join(',') },
    priority: priority === 0 ? undefined : priority,
    gw_priority: gatewayPriority === 0 ? undefined : gatewayPriority,
  })
  return Object.keys(plain).length === 0 ? null : plain
}

/** As docker calls settings of an interface in a container. */
const ENDPOINT_SYSCTLS = 'com.docker.network.endpoint.sysctls'

function sharedText(shared: NonNullable<Service['ipc']>): string {
  if (shared.kind === 'service') return `service:${shared.service}`
  return shared.kind === 'container' ? `container:${shared.container}` : shared.kind
}

function rangeText({ from, to }: { readonly from: number; readonly to: number }): string {
  return from === to ? String(from) : `${from}-${to}`
}

/** What of a tmpfs only a line of `tmpfs` can say. */
function isLine(mount: Mount): mount is Mount<'tmpfs'> {
  return mount.kind === 'tmpfs' && mount.options.some(option => option !== 'ro')
}

function tmpfsLine({ target, size, mode, options }: Mount<'tmpfs'>): string {
  const words = [
    ...(size === undefined ? [] : [`size=${size}`]),
    ...(mode === undefined ? [] : [`mode=${mode.toString(8)}`]),
    ...options,
  ]
  return words.length === 0 ? target : `${target}:${words.join(',')}`
}

function mountOf(mount: Mount): Plain {
  const { kind: type, target } = mount
  switch (mount.kind) {
    case 'bind': {
      const { source, readOnly, createHostPath, propagation, recursive, matchesUser } = mount
      return {
        ...{ type, source, target },
        ...(readOnly && { read_only: true }),
        bind: {
          create_host_path: createHostPath,
          ...(propagation !== 'rprivate' && { propagation }),
          ...(!recursive && { recursive: 'disabled' }),
        },
        ...(matchesUser && { 'x-idmap': 'match-user' }),
      }
    }
    case 'volume': {
      const { volume, readOnly, nocopy, subpath, labels = new Map() } = mount
      const options = withoutEmpty({
        nocopy: nocopy || undefined,
        subpath,
        labels: Object.fromEntries(labels),
      })
      return {
        ...{ type, ...(volume !== undefined && { source: volume }), target },
        ...(readOnly && { read_only: true }),
        ...(Object.keys(options).length > 0 && { volume: options }),
      }
    }
    case 'tmpfs': {
      const { size, mode, options } = mount
      const tmpfs = {
        ...(size !== undefined && { size }),
        ...(mode !== undefined && { mode: `0${mode.toString(8)}` }),
      }
      return {
        ...{ type, target },
        ...(options.includes('ro') && { read_only: true }),
        ...(Object.keys(tmpfs).length > 0 && { tmpfs }),
      }
    }
    case 'image':
      return {
        ...{ type, source: mount.image, target },
        ...(mount.subpath !== undefined && { image: { subpath: mount.subpath } }),
      }
  }
}

function limitAttributes(limits: ResourceLimits): Attributes {
  const { blockIo, cpuRealtime } = limits
  const rates = (kind: string) =>
    (blockIo?.rates ?? []).filter(rate => rate.kind === kind).map(({ path, rate }) => ({ path, rate }))
  return {
    mem_limit: limits.memory,
    mem_reservation: limits.memoryReservation,
    memswap_limit: limits.memorySwap,
    cpus: limits.cpus,
    cpu_shares: limits.cpuShares,
    cpuset: limits.cpuset,
    pids_limit: limits.pids,
    blkio_config: blockIo && {
      ...withoutEmpty({
        weight: blockIo.weight,
        weight_device: blockIo.weightOfDevices.map(({ path, weight }) => ({ path, weight })),
        device_read_bps: rates('read-bytes'),
        device_write_bps: rates('write-bytes'),
        device_read_iops: rates('read-operations'),
        device_write_iops: rates('write-operations'),
      }),
    },
    cpu_rt_runtime: cpuRealtime?.runtime,
    cpu_rt_period: cpuRealtime?.period,
    mem_swappiness: limits.swappiness,
    oom_kill_disable: limits.oomKillDisabled,
  }
}

function securityAttributes(security: SecuritySettings): Attributes {
  const { seccomp } = security
  return {
    privileged: security.privileged || undefined,
    cap_add: security.capAdd,
    cap_drop: security.capDrop,
    security_opt: [
      ...(security.noNewPrivileges ? ['no-new-privileges:true'] : []),
      ...(seccomp.kind === 'unconfined' ? ['seccomp:unconfined'] : []),
      ...(seccomp.kind === 'profile' ? [`seccomp:${seccomp.file}`] : []),
      ...(security.unmaskSystemPaths ? ['systempaths=unconfined'] : []),
      ...(security.apparmor === undefined ? [] : [`apparmor:${security.apparmor}`]),
      ...(security.writableCgroups ? ['writable-cgroups=true'] : []),
    ],
  }
}

function healthAttributes({ test, ...times }: Healthcheck): Attributes {
  const plain = {
    interval: duration(times.interval),
    timeout: duration(times.timeout),
    retries: times.retries,
    start_period: duration(times.startPeriod),
    start_interval: duration(times.startInterval),
  }
  switch (test?.kind) {
    case undefined:
      return { healthcheck: withoutEmpty(plain) }
    case 'none':
      return { healthcheck: withoutEmpty({ test: ['NONE'], ...plain }) }
    case 'exec':
      return { healthcheck: withoutEmpty({ test: ['CMD', ...test.argv], ...plain }) }
    case 'shell':
      return {
        healthcheck: withoutEmpty({
          test: ['CMD-SHELL', test.command, ...(test.parameters ?? [])],
          ...plain,
        }),
      }
    case 'tcp':
      return { 'x-healthcheck': { tcp: test.port }, healthcheck: withoutEmpty(plain) }
    case 'http':
      return { 'x-healthcheck': { http: `:${test.port}${test.path}` }, healthcheck: withoutEmpty(plain) }
    case 'unix':
      return { 'x-healthcheck': { unix: test.path }, healthcheck: withoutEmpty(plain) }
    case 'log':
      return { 'x-healthcheck': { log: test.pattern }, healthcheck: withoutEmpty(plain) }
  }
}

function duration(ms: number | undefined): string | undefined {
  return ms === undefined ? undefined : `${ms}ms`
}
