import type { Digest } from '../../../base/digest.ts'
import { TcomposeError } from '../../../base/tcompose-error.ts'
import { damagedRecord } from '../../../disk/damaged-record.ts'
import { readRecord } from '../../../disk/record-file.ts'
import type { ContainerSpec } from '../../../model/container.ts'
import type { Mount } from '../../../model/mount.ts'
import type { ContainerId, ProjectName } from '../../../model/names.ts'
import type { Network } from '../../../model/network.ts'
import type { ProvidedVariables, Provider } from '../../../model/provider.ts'
import type { StoredSpec } from '../../../model/stored-spec.ts'
import { fromStoredSpec, toStoredSpec } from '../../../model/stored-spec.ts'

export const PROJECT_RECORD_VERSION = 1

/**
 * What exists, or is about to, for one project: the durable record. An entry is announced before its object is made
 * (`creating`) and stays until the object is gone (`removing`).
 */
export interface ProjectRecord {
  readonly version: typeof PROJECT_RECORD_VERSION
  readonly project: ProjectName
  readonly workingDir: string
  readonly files: readonly string[]
  /** By key. */
  readonly networks: ReadonlyMap<string, NetworkEntry>
  /** By key. */
  readonly volumes: ReadonlyMap<string, VolumeEntry>
  readonly containers: ReadonlyMap<ContainerId, ContainerEntry>
  /** What providers were asked to make, by service. @default nothing */
  readonly providers?: ReadonlyMap<string, ProviderEntry>
}

export type Phase = 'creating' | 'created' | 'removing'

export interface NetworkEntry {
  readonly phase: Phase
  readonly configHash: string
  readonly network: Network
  /** Name of the bridge; undefined until one was made. */
  readonly bridge: string | undefined
  /** Of IPv4, in CIDR notation. */
  readonly subnet: string | undefined
  /** Of IPv4. */
  readonly gateway: string | undefined
  /** @default none */
  readonly ipv6?: NetworkSubnet
  /** It is the network of another project, which the name means. @default false */
  readonly joined?: true
  /** It was to be removed while other projects used it: the last of them removes it. @default false */
  readonly abandoned?: true
}

/** The addresses of a network that are of one family. */
export interface NetworkSubnet {
  /** CIDR notation. */
  readonly subnet: string
  /** The way out, unless the network is internal; that of the bridge, where there is one. */
  readonly gateway: string
}

export interface VolumeEntry {
  readonly phase: Phase
  readonly key: string
  readonly name: string
  readonly configHash: string
  readonly external: boolean
}

export interface ProviderEntry {
  readonly phase: Phase
  readonly provider: Provider
  /** What it said last. */
  readonly variables: ProvidedVariables
}

export interface ContainerEntry {
  readonly id: ContainerId
  readonly phase: Phase
  readonly spec: ContainerSpec
  /** Undefined until the image was opened. */
  readonly imageId: Digest | undefined
  /** The ids of the images that it mounts, by reference. @default it mounts none */
  readonly mountedImages?: ReadonlyMap<string, Digest>
  /** Milliseconds since the epoch. */
  readonly createdAt: number
  /** The whole argv, entrypoint first. */
  readonly command: readonly string[]
  /** Ports of the image and of `expose`, e.g. `6379/tcp`. @default none */
  readonly exposedPorts?: readonly string[]
  readonly anonymousVolumes: readonly AnonymousVolume[]
  /** The last file of its log that is of the containers it replaced. @default it is the first of its replica */
  readonly inheritedLogs?: number
  /** From other containers, with the real names of volumes. @default none */
  readonly sharedMounts?: readonly Mount[]
  /** Its networks are being changed while it runs; those of `spec` are what it is to have. @default false */
  readonly isReattaching?: true
  /** Its anonymous volumes go with it; set with the phase `removing`. @default they stay */
  readonly withVolumes?: boolean
}

export interface AnonymousVolume {
  readonly target: string
  /** Name of the volume: 64 hex digits. */
  readonly name: string
}

/** Returns a record of a project that has nothing. */
export function emptyProjectRecord(project: ProjectName): ProjectRecord {
  return {
    version: PROJECT_RECORD_VERSION,
    project,
    workingDir: '/',
    files: [],
    networks: new Map(),
    volumes: new Map(),
    containers: new Map(),
  }
}

/**
 * Reads the record of `project` at `path`; an absent one is empty.
 *
 * @throws {TcomposeError} `state-corrupt` or `state-version`.
 */
export function readProjectRecord(path: string, project: ProjectName): ProjectRecord {
  const record = readProjectFile(path)
  if (record === undefined) return emptyProjectRecord(project)
  if (!isStoredRecord(record)) {
    throw damagedRecord(path, 'a field is missing or of the wrong type', { hint: HINT })
  }
  return withContainers(record, entry => ({ ...entry, spec: fromStoredSpec(entry.spec) }))
}

/** Returns `record` as it is written. */
export function toStoredRecord(record: ProjectRecord): StoredRecord {
  return withContainers(record, entry => ({ ...entry, spec: toStoredSpec(entry.spec) }))
}

interface StoredRecord extends Omit<ProjectRecord, 'containers'> {
  readonly containers: ReadonlyMap<ContainerId, StoredEntry>
}

interface StoredEntry extends Omit<ContainerEntry, 'spec'> {
  readonly spec: StoredSpec
}

function withContainers<From, To>(
  record: Omit<ProjectRecord, 'containers'> & { readonly containers: ReadonlyMap<ContainerId, From> },
  change: (entry: From) => To,
): Omit<ProjectRecord, 'containers'> & { readonly containers: ReadonlyMap<ContainerId, To> } {
  const containers = new Map([...record.containers].map(([id, entry]) => [id, change(entry)]))
  return { ...record, containers }
}

const HINT =
  'Run "tcompose doctor --fix" or "tcompose down": what the project runs is found by name and removed, the record is put aside, volumes are kept'

/** Adds a hint to an error from reading a project's record. */
function readProjectFile(path: string): ReturnType<typeof readRecord> {
  try {
    return readRecord(path, PROJECT_RECORD_VERSION)
  } catch (error) {
    if (!(error instanceof TcomposeError) || error.code !== 'state-corrupt') throw error
    throw new TcomposeError('state-corrupt', error.message, { hint: HINT, cause: error.cause })
  }
}

function isStoredRecord(value: object): value is StoredRecord {
  return (
    hasFields(value, { project: 'string', workingDir: 'string' }) &&
    'files' in value &&
    Array.isArray(value.files) &&
    isMapOf(value, 'networks', entry =>
      hasFields(entry, { phase: 'string', configHash: 'string', network: 'object' }),
    ) &&
    isMapOf(value, 'volumes', entry =>
      hasFields(entry, { phase: 'string', name: 'string', configHash: 'string' }),
    ) &&
    isMapOf(
      value,
      'containers',
      entry =>
        hasFields(entry, { phase: 'string', id: 'string', createdAt: 'number' }) &&
        'spec' in entry &&
        isSpec(entry.spec),
    )
  )
}

function isSpec(spec: unknown): boolean {
  if (!isObject(spec) || !('config' in spec) || !isObject(spec.config)) return false
  const { config } = spec
  return (
    'mounts' in config && Array.isArray(config.mounts) && 'ports' in config && Array.isArray(config.ports)
  )
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null
}

function isMapOf(value: object, field: string, isEntry: (entry: object) => boolean): boolean {
  const map: unknown = Reflect.get(value, field)
  if (!(map instanceof Map)) return false
  return [...map.values()].every(entry => isObject(entry) && isEntry(entry))
}

function hasFields(value: object, fields: Readonly<Record<string, 'string' | 'number' | 'object'>>): boolean {
  return Object.entries(fields).every(([field, type]) => typeof Reflect.get(value, field) === type)
}
