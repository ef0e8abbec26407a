import { allowedTypes, type SchemaPlace } from '../../../src/parser/schema/schema-node.ts'
import { schemaPaths } from '../../../src/parser/schema/schema-paths.ts'

type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json }

/** A file that uses one key of the format, and the same without it. */
export interface SampleFile {
  readonly text: string
  readonly without: string
}

/** Returns a file in which `pattern`, a path of the catalogue, stands with what it cannot do without. */
export function sampleFile(pattern: string): SampleFile {
  const steps = pattern.split(/\.|(?=\[\])/)
  const value = VALUES[pattern] ?? sampleValue(pattern)
  return {
    text: JSON.stringify(build(BASE, { steps, pattern, value }), undefined, 1),
    without: JSON.stringify(build(BASE, { steps, pattern, value: undefined }), undefined, 1),
  }
}

/** The name that stands for `*`. */
const NAME = 'web'

/** What is declared and used by nobody reaches no model. */
const WITH_SECRET: Json = { web: { image: 'app', secrets: ['web'] } }
const WITH_CONFIG: Json = { web: { image: 'app', configs: ['web'] } }

const BASE: Json = { services: { web: { image: 'rootfs:/' }, db: { image: 'rootfs:/' } } }

interface Target {
  readonly steps: readonly string[]
  readonly pattern: string
  readonly value: Json | undefined
}

function build(base: Json, { steps, pattern, value }: Target): Json {
  return place(base, 0)

  function place(at: Json | undefined, depth: number): Json {
    const step = steps[depth]
    if (step === undefined) return value ?? at ?? null
    const path = steps.slice(0, depth).join('.').replaceAll('.[]', '[]')
    const company = companyOf(path, pattern)
    if (step === '[]') return [place(company, depth + 1)]
    const key = step === '*' ? nameAt(path) : step
    const map = { ...mapOf(at), ...company }
    if (depth === steps.length - 1 && value === undefined) return map
    return { ...map, [key]: place(map[key], depth + 1) }
  }
}

function mapOf(at: Json | undefined): Readonly<Record<string, Json>> {
  return typeof at === 'object' && at !== null && !Array.isArray(at)
    ? Object.fromEntries(Object.entries(at))
    : {}
}

function nameAt(path: string): string {
  return NAMES[path] ?? NAME
}

const NAMES: Readonly<Record<string, string>> = {
  'services.*.depends_on': 'db',
  'services.*.networks': 'default',
  'services.*.ulimits': 'nofile',
  'services.*.build.ulimits': 'nofile',
}

/** What a key needs beside it, by the path of the map; the first that fits the whole pattern counts. */
function companyOf(path: string, pattern: string): Readonly<Record<string, Json>> {
  const found = COMPANY.find(({ at, of }) => at === path && (of === undefined || pattern.startsWith(of)))
  return found?.keys ?? {}
}

const volume = 'services.*.volumes[]'
const COMPANY: readonly {
  readonly at: string
  readonly of?: string
  readonly keys: Readonly<Record<string, Json>>
}[] = [
  { at: volume, of: `${volume}.volume`, keys: { type: 'volume', target: '/b' } },
  { at: volume, of: `${volume}.tmpfs`, keys: { type: 'tmpfs', target: '/b' } },
  { at: volume, of: `${volume}.image`, keys: { type: 'image', source: 'oci:a', target: '/b' } },
  { at: volume, keys: { type: 'bind', source: '/a', target: '/b' } },
  { at: '', of: 'services.*.build.secrets', keys: { secrets: { x: { file: '/a' } } } },
  { at: 'services.*.build.secrets[]', keys: { source: 'x' } },
  { at: '', of: 'services.*.secrets', keys: { secrets: { x: { file: '/a' } } } },
  { at: 'services.*.secrets[]', keys: { source: 'x' } },
  { at: '', of: 'services.*.configs', keys: { configs: { x: { file: '/a' } } } },
  { at: 'services.*.configs[]', keys: { source: 'x' } },
  { at: '', of: 'services.*.models', keys: { models: { web: { model: 'x' } } } },
  { at: 'services.*', of: 'services.*.build', keys: { image: 'app' } },
  { at: '', of: 'secrets.*', keys: { services: WITH_SECRET } },
  { at: '', of: 'configs.*', keys: { services: WITH_CONFIG } },
  { at: 'services.*', of: 'services.*.cpu_period', keys: { cpu_quota: 50_000 } },
  { at: 'services.*', of: 'services.*.pull_refresh_after', keys: { pull_policy: 'refresh' } },
  { at: 'services.*.ports[]', keys: { target: 80 } },
  ...['read_bps', 'write_bps', 'read_iops', 'write_iops'].map(limit => ({
    at: `services.*.blkio_config.device_${limit}[]`,
    keys: { path: '/dev/a', rate: 5 },
  })),
  { at: 'services.*.blkio_config.weight_device[]', keys: { path: '/dev/a', weight: 20 } },
  { at: 'services.*.depends_on.*', keys: { condition: 'service_started' } },
  { at: 'services.*.devices[]', keys: { source: '/dev/a' } },
  { at: 'services.*.env_file[]', keys: { path: 'some.env' } },
  { at: 'services.*.ulimits.*', keys: { soft: 1, hard: 4 } },
  { at: 'services.*.build.ulimits.*', keys: { soft: 1, hard: 2 } },
  { at: 'services.*.provider', keys: { type: 'x' } },
  { at: 'services.*.healthcheck', of: 'services.*.healthcheck.start_interval', keys: { start_period: '1s' } },
  { at: 'services.*.extends', keys: { service: 'db' } },
  { at: 'services.*.post_start[]', keys: { command: 'x' } },
  { at: 'services.*.pre_stop[]', keys: { command: 'x' } },
  {
    at: 'services.*.develop.watch[]',
    of: 'services.*.develop.watch[].exec',
    keys: { path: 'x', action: 'sync+exec', target: '/a' },
  },
  {
    at: 'services.*.develop.watch[]',
    of: 'services.*.develop.watch[].initial_sync',
    keys: { path: 'x', action: 'sync', target: '/a' },
  },
  {
    at: 'services.*.develop.watch[]',
    of: 'services.*.develop.watch[].target',
    keys: { path: 'x', action: 'sync', target: '/b' },
  },
  { at: 'services.*.develop.watch[]', keys: { path: 'x', action: 'restart' } },
  { at: 'services.*.develop.watch[].exec', keys: { command: 'x' } },
  { at: 'services.*.deploy.resources.reservations.devices[]', keys: { capabilities: ['gpu'] } },
  { at: 'models.*', keys: { model: 'x' } },
  { at: 'include[]', keys: { path: 'other.yaml' } },
  {
    at: 'services.*.deploy.restart_policy',
    of: 'services.*.deploy.restart_policy.max',
    keys: { condition: 'on-failure' },
  },
  { at: 'secrets.*', of: 'secrets.*.file', keys: {} },
  { at: 'secrets.*', of: 'secrets.*.environment', keys: {} },
  { at: 'secrets.*', of: 'secrets.*.external', keys: {} },
  { at: 'secrets.*', keys: { file: '/a' } },
  { at: 'configs.*', of: 'configs.*.file', keys: {} },
  { at: 'configs.*', of: 'configs.*.environment', keys: {} },
  { at: 'configs.*', of: 'configs.*.content', keys: {} },
  { at: 'configs.*', of: 'configs.*.external', keys: {} },
  { at: 'configs.*', keys: { file: '/a' } },
  {
    at: '',
    of: 'services.*.networks.*.ipv6_address',
    keys: { networks: { default: { enable_ipv6: true, ipam: { config: [{ subnet: 'fd00::/64' }] } } } },
  },
  {
    at: '',
    of: 'services.*.networks.*.ipv4_address',
    keys: { networks: { default: { ipam: { config: [{ subnet: '10.0.0.0/24' }] } } } },
  },
  { at: 'networks.*', of: 'networks.*.driver', keys: { driver_opts: { parent: 'eth0' } } },
  { at: 'networks.*', of: 'networks.*.enable_ipv4', keys: { enable_ipv6: true } },
  { at: 'networks.*.ipam.config[]', of: 'networks.*.ipam.config[].subnet', keys: {} },
  { at: 'networks.*.ipam.config[]', keys: { subnet: '10.1.0.0/16' } },
]

const PLACES: ReadonlyMap<string, SchemaPlace> = new Map(schemaPaths().map(place => [place.pattern, place]))

/** A value that the schema takes, for paths that are not in VALUES. */
function sampleValue(pattern: string): Json {
  const place = PLACES.get(pattern)
  if (place === undefined) throw new Error(`Cannot find path "${pattern}" in the schema`)
  const [first] = place.schema.enum ?? []
  if (first !== undefined) return first
  return VALUES_BY_KIND[place.kind ?? ''] ?? VALUES_BY_TYPE[allowedTypes(place)[0] ?? ''] ?? 'x'
}

const VALUES_BY_KIND: Readonly<Record<string, Json>> = {
  bool: true,
  byteText: '64m',
  bytes: '64m',
  command: ['x'],
  duration: '7s',
  healthTest: ['CMD', 'true'],
  int: 1,
  keyValues: { A: 'b' },
  labels: { A: 'b' },
  mode: '0400',
  num: 1,
  uniqueStrings: ['x'],
  external: true,
}

const VALUES_BY_TYPE: Readonly<Record<string, Json>> = { array: [], integer: 1, object: {}, boolean: true }

/** Values that mean something where they stand. */
const VALUES: Readonly<Record<string, Json>> = {
  name: 'other',
  'services.*.container_name': 'own-name',
  version: '3.8',
  include: ['other.yaml'],
  models: { m: { model: 'x' } },
  secrets: { s: { file: '/a' } },
  configs: { s: { file: '/a' } },
  'include[].path': 'other.yaml',
  'include[].env_file': 'some.env',
  'include[].project_directory': '.',
  'services.*.attach': false,
  'services.*.cap_add': ['NET_ADMIN'],
  'services.*.cap_drop': ['ALL'],
  'services.*.cpu_shares': 2048,
  'services.*.cpu_quota': 50_000,
  'services.*.cpu_period': 50_000,
  'services.*.cpus': 0.5,
  'services.*.cpuset': '0',
  'services.*.depends_on': ['db'],
  'services.*.depends_on.*.required': false,
  'services.*.deploy.mode': 'replicated',
  'services.*.deploy.replicas': 2,
  'services.*.deploy.resources.limits.cpus': 0.5,
  'services.*.deploy.restart_policy.condition': 'on-failure',
  'services.*.deploy.restart_policy.max_attempts': 3,
  'services.*.device_cgroup_rules': ['c 1:3 r'],
  'services.*.devices': ['/dev/a'],
  'services.*.devices[].permissions': 'r',
  'services.*.devices[].source': '/dev/b',
  'services.*.devices[].target': '/dev/b',
  'services.*.dns': '10.0.0.1',
  'services.*.env_file': 'some.env',
  'services.*.env_file[].path': 'some.env',
  'services.*.env_file[].format': 'raw',
  'services.*.expose': [80],
  'services.*.extends': { service: 'other', file: 'other.yaml' },
  'services.*.extends.service': 'db',
  'services.*.extends.file': 'compose.yaml',
  'services.*.develop': { watch: [{ path: 'x', action: 'rebuild' }] },
  'services.*.develop.watch': [{ path: 'x', action: 'rebuild' }],
  'services.*.develop.watch[].path': 'y',
  'services.*.develop.watch[].target': '/c',
  'services.*.develop.watch[].exec': { command: 'x' },
  'services.*.develop.watch[].exec.command': 'y',
  'services.*.provider': { type: 'x' },
  'services.*.blkio_config': { weight: 300 },
  'services.*.blkio_config.weight': 300,
  'services.*.blkio_config.device_write_iops': [{ path: '/dev/a', rate: 5 }],
  'services.*.blkio_config.device_write_iops[].path': '/dev/b',
  'services.*.blkio_config.device_write_iops[].rate': 7,
  'services.*.blkio_config.device_read_iops': [{ path: '/dev/a', rate: 5 }],
  'services.*.blkio_config.device_read_iops[].path': '/dev/b',
  'services.*.blkio_config.device_read_iops[].rate': 7,
  'services.*.blkio_config.device_write_bps': [{ path: '/dev/a', rate: 5 }],
  'services.*.blkio_config.device_write_bps[].path': '/dev/b',
  'services.*.blkio_config.device_write_bps[].rate': 7,
  'services.*.blkio_config.device_read_bps': [{ path: '/dev/a', rate: 5 }],
  'services.*.blkio_config.device_read_bps[].path': '/dev/b',
  'services.*.blkio_config.device_read_bps[].rate': 7,
  'services.*.blkio_config.weight_device': [{ path: '/dev/a', weight: 20 }],
  'services.*.blkio_config.weight_device[].path': '/dev/b',
  'services.*.blkio_config.weight_device[].weight': 300,
  'services.*.build.additional_contexts': ['base=docker-image://alpine'],
  'services.*.build.cache_from': ['app:cache'],
  'services.*.build.cache_to': ['type=inline'],
  'services.*.build.entitlements': ['network.host'],
  'services.*.build.extra_hosts': ['a=10.0.0.1'],
  'services.*.build.isolation': 'default',
  'services.*.build.network': 'none',
  'services.*.build.no_cache_filter': 'stage',
  'services.*.build.platforms': ['linux/arm64'],
  'services.*.build.provenance': false,
  'services.*.build.sbom': false,
  'services.*.build.secrets': ['x'],
  'services.*.build.secrets[].gid': '7',
  'services.*.build.secrets[].source': 'x',
  'services.*.build.secrets[].target': 'y',
  'services.*.build.secrets[].uid': '7',
  'services.*.build.ssh': ['default'],
  'services.*.build.tags': ['app:1'],
  'services.*.build.ulimits': { nofile: 100 },
  'services.*.build.ulimits.*.hard': 3,
  'services.*.build.ulimits.*.soft': 2,
  'services.*.group_add': ['audio'],
  'services.*.ulimits.*.soft': 2,
  'services.*.ulimits.*.hard': 3,
  'services.*.external_links': ['shop-db-1:store'],
  'services.*.extra_hosts': ['a=10.0.0.1'],
  'services.*.gpus': 'all',
  'services.*.gpus[].capabilities': ['compute'],
  'services.*.gpus[].count': 2,
  'services.*.gpus[].driver': 'nvidia',
  'services.*.deploy.resources.reservations.devices': [{ capabilities: ['gpu'] }],
  'services.*.deploy.resources.reservations.devices[].capabilities': ['gpu', 'compute'],
  'services.*.deploy.resources.reservations.devices[].count': 2,
  'services.*.deploy.resources.reservations.devices[].driver': 'nvidia',
  'services.*.healthcheck': { test: 'true' },
  'services.*.healthcheck.test': 'true',
  'services.*.healthcheck.retries': 5,
  'services.*.image': 'other',
  'services.*.label_file': 'some.env',
  'services.*.ipc': 'shareable',
  'services.*.links': ['db'],
  'services.*.logging': { driver: 'none' },
  'services.*.logging.driver': 'local',
  'services.*.logging.options': { 'max-size': '1m' },
  'services.*.mac_address': '02:42:ac:11:00:02',
  'services.*.mem_reservation': '32m',
  'services.*.mem_swappiness': 60,
  'services.*.network_mode': 'none',
  'services.*.networks': { default: { aliases: ['a'] } },
  'services.*.networks.*.gw_priority': 5,
  'services.*.networks.*.ipv4_address': '10.0.0.9',
  'services.*.networks.*.ipv6_address': 'fd00::9',
  'services.*.networks.*.driver_opts': { 'com.docker.network.endpoint.ifname': 'lan0' },
  'services.*.networks.*.link_local_ips': ['169.254.0.9'],
  'services.*.networks.*.mac_address': '02:42:ac:11:00:02',
  'services.*.networks.*.priority': 5,
  'services.*.pid': 'host',
  'services.*.ports': ['8080:80'],
  'services.*.ports[].host_ip': '127.0.0.1',
  'services.*.ports[].mode': 'host',
  'services.*.ports[].protocol': 'udp',
  'services.*.ports[].published': 8080,
  'services.*.ports[].target': 80,
  'services.*.platform': 'linux/arm64',
  'services.*.models': ['web'],
  'models.*.runtime_flags': ['--fast'],
  'services.*.post_start': [{ command: 'x' }],
  'services.*.pre_start': [{ command: 'x' }],
  'services.*.pre_stop': [{ command: 'x' }],
  'services.*.provider.options': { size: 2 },
  'services.*.pull_policy': 'weekly',
  'services.*.pull_refresh_after': '12h',
  'services.*.restart': 'always',
  'services.*.runtime': 'nvidia',
  'services.*.scale': 2,
  'services.*.configs': ['x'],
  'services.*.configs[].gid': '7',
  'services.*.configs[].source': 'x',
  'services.*.configs[].target': 'y',
  'services.*.configs[].uid': '7',
  'services.*.secrets': ['x'],
  'services.*.secrets[].gid': '7',
  'services.*.secrets[].source': 'x',
  'services.*.secrets[].target': 'y',
  'services.*.secrets[].uid': '7',
  'services.*.security_opt': ['no-new-privileges'],
  'services.*.stop_signal': 'SIGINT',
  'services.*.storage_opt': { size: '1g' },
  'services.*.sysctls': { 'net.core.somaxconn': 1 },
  'services.*.tmpfs': '/t',
  'services.*.ulimits': { nofile: 100 },
  'services.*.user': '1000',
  'services.*.userns_mode': 'auto',
  'services.*.uts': 'host',
  'services.*.volumes': ['/a:/b'],
  'services.*.volumes[].bind.create_host_path': false,
  'services.*.volumes[].bind.propagation': 'rshared',
  'services.*.volumes[].bind.recursive': 'disabled',
  'services.*.volumes[].source': '/c',
  'services.*.volumes[].target': '/b',
  'services.*.volumes[].tmpfs': { size: '64m' },
  'services.*.volumes[].type': 'bind',
  'services.*.volumes_from': ['db'],
  'services.*.working_dir': '/x',
  'networks.*.driver': 'macvlan',
  'networks.*.driver_opts': { 'com.docker.network.driver.mtu': 1400 },
  'networks.*.enable_ipv4': false,
  'networks.*.enable_ipv6': true,
  'networks.*.ipam.config': [{ subnet: '10.1.0.0/16' }],
  'networks.*.ipam.config[].aux_addresses': { a: '10.1.0.9' },
  'networks.*.ipam.config[].gateway': '10.1.0.9',
  'networks.*.ipam.config[].ip_range': '10.1.1.0/24',
  'networks.*.ipam.config[].subnet': '10.1.0.0/16',
  'networks.*.ipam.driver': 'default',
  'volumes.*.driver': 'local',
  'volumes.*.driver_opts': { type: 'tmpfs', device: 'tmpfs' },
}
