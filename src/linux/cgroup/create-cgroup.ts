import { posix } from 'node:path'
import { assertNever } from '../../base/assert-never.ts'
import { errnoNameOf } from '../../base/errno-name-of.ts'
import { servicePath } from '../../base/model-path.ts'
import { TcomposeError } from '../../base/tcompose-error.ts'
import type { DeviceRule } from '../../model/device-rule.ts'
import type { ResourceLimits } from '../../model/service.ts'
import {
  CGROUP_TOP,
  type Cgroup,
  type CgroupHost,
  type CgroupOwner,
  cgroupFolder,
  type V1Hierarchy,
} from './cgroup.ts'
import { type CgroupFiles, hostCgroupFiles } from './cgroup-files.ts'
import { grantRealtime } from './grant-realtime.ts'
import type { LimitWrite } from './limit-write.ts'
import { v1LimitWrites, v2LimitWrites } from './limit-writes.ts'
import { restrictDevices } from './restrict-devices.ts'

/** A control group to make. */
export interface CgroupRequest extends CgroupOwner {
  readonly service: string
  readonly limits: ResourceLimits
  /** What the container may do with devices; undefined is everything. */
  readonly devices: readonly DeviceRule[] | undefined
}

/** v1 controllers that every container gets a group of: to be limited, counted and found. */
const V1_CONTROLLERS: readonly string[] = ['memory', 'cpu', 'cpuacct', 'pids']
const V2_CONTROLLERS: readonly string[] = ['memory', 'cpu', 'cpuset', 'pids']

/** How often a parent folder may vanish under way, removed by another project that is just going down. */
const MAX_ATTEMPTS = 10

/**
 * Makes a container's control group with its limits, or takes over what a run that was cut short has left of it.
 *
 * @throws {TcomposeError} `cgroup` if the host lacks a controller that a limit needs, or the kernel refuses a limit.
 */
export function createCgroup(
  host: CgroupHost,
  request: CgroupRequest,
  files: CgroupFiles = hostCgroupFiles,
): Cgroup {
  switch (host.kind) {
    case 'v1':
      return createV1(host.hierarchies, request, files)
    case 'v2':
      return createV2(host.mountPoint, request, files)
    default:
      return assertNever(host)
  }
}

/** Returns the hierarchies in which a container has a group, and its limits. */
export function v1Parts(
  hierarchies: readonly V1Hierarchy[],
  request: CgroupRequest,
): { readonly used: readonly V1Hierarchy[]; readonly writes: readonly LimitWrite[] } {
  const writes = v1LimitWrites(request.limits)
  const needed = new Set([
    ...V1_CONTROLLERS,
    ...(request.devices === undefined ? [] : ['devices']),
    ...writes.map(({ controller }) => controller),
  ])
  const used = hierarchies.filter(({ controllers }) => controllers.some(controller => needed.has(controller)))
  return { used, writes }
}

function createV1(hierarchies: readonly V1Hierarchy[], request: CgroupRequest, files: CgroupFiles): Cgroup {
  const { used, writes } = v1Parts(hierarchies, request)
  const folders = used.map(({ mountPoint, controllers }) => {
    const folder = cgroupFolder(mountPoint, request)
    makeFolder(folder, { mountPoint, files, prepare: made => prepareV1(made, controllers, files) })
    if (request.limits.cpuRealtime !== undefined && controllers.includes('cpu'))
      grantRealtime(folder, request.limits.cpuRealtime, { mountPoint, files })
    return folder
  })
  for (const write of writes) {
    const at = used.findIndex(({ controllers }) => controllers.includes(write.controller))
    applyLimit(write, { folder: folders[at], service: request.service, files })
  }
  const cgroup: Cgroup = { version: 1, folders }
  const restricted = { host: { kind: 'v1', hierarchies }, cgroup, service: request.service } as const
  if (request.devices !== undefined) restrictDevices(restricted, request.devices, files)
  return cgroup
}

/**
 * No process may enter a cpuset that names no CPU; below a folder with clone_children they come by themselves. Above a group
 * that the user names nobody has set it.
 */
function prepareV1(folder: string, controllers: readonly string[], files: CgroupFiles): void {
  const isBelowTop = posix.dirname(folder).split('/').includes(CGROUP_TOP)
  if (!controllers.includes('cpuset') || isBelowTop) return
  const parent = posix.dirname(folder)
  for (const file of ['cpuset.cpus', 'cpuset.mems']) {
    files.write(`${folder}/${file}`, files.read(`${parent}/${file}`)?.trim() ?? '0')
  }
  files.write(`${folder}/cgroup.clone_children`, '1')
}

function createV2(mountPoint: string, request: CgroupRequest, files: CgroupFiles): Cgroup {
  const folder = cgroupFolder(mountPoint, request)
  const wanted = request.limits.blockIo === undefined ? V2_CONTROLLERS : [...V2_CONTROLLERS, 'io']
  makeFolder(folder, {
    mountPoint,
    files,
    prepare: made => enableControllers(posix.dirname(made), wanted, files),
  })
  if (request.limits.blockIo !== undefined) enableAbove(folder, wanted, { mountPoint, files })
  for (const write of v2LimitWrites(request.limits)) {
    applyLimit(write, { folder, service: request.service, files })
  }
  const cgroup: Cgroup = { version: 2, folders: [folder] }
  const restricted = { host: { kind: 'v2', mountPoint }, cgroup, service: request.service } as const
  if (request.devices !== undefined) restrictDevices(restricted, request.devices, files)
  return cgroup
}

/** Folders that are there already pass on what an earlier container needed. */
function enableAbove(
  folder: string,
  controllers: readonly string[],
  { mountPoint, files }: { readonly mountPoint: string; readonly files: CgroupFiles },
): void {
  if (folder === mountPoint) return
  enableAbove(posix.dirname(folder), controllers, { mountPoint, files })
  enableControllers(posix.dirname(folder), controllers, files)
}

/** A folder has the files of a controller only if its parent passes the controller on. */
function enableControllers(parent: string, controllers: readonly string[], files: CgroupFiles): void {
  const available = words(files.read(`${parent}/cgroup.controllers`))
  const enabled = words(files.read(`${parent}/cgroup.subtree_control`))
  const missing = controllers.filter(name => available.includes(name) && !enabled.includes(name))
  if (missing.length === 0) return
  try {
    files.write(`${parent}/cgroup.subtree_control`, missing.map(name => `+${name}`).join(' '))
  } catch (error) {
    throw new TcomposeError('cgroup', `Cannot enable ${missing.join(', ')} at ${parent}: ${reason(error)}`, {
      hint: 'In a container, give it a control group of its own that holds no process',
      cause: error,
    })
  }
}

/** How a folder is made. */
export interface Making {
  readonly mountPoint: string
  readonly files: CgroupFiles
  /** Runs on each folder that is made. */
  readonly prepare: (folder: string) => void
}

/**
 * Makes the folder of a control group and those above it. Tries the innermost first: mostly its parents are there.
 *
 * @throws {TcomposeError} `cgroup` if the hierarchy is not there.
 */
export function makeFolder(folder: string, making: Making): void {
  for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt++) {
    const outcome = making.files.mkdir(folder)
    if (outcome === 'exists') return
    if (outcome === 'made') {
      making.prepare(folder)
      return
    }
    if (posix.dirname(folder) === making.mountPoint) break
    makeFolder(posix.dirname(folder), making)
  }
  throw new TcomposeError(
    'cgroup',
    `Cannot create control group ${folder}: a folder above it is missing, expected ${making.mountPoint} to be mounted`,
  )
}

interface LimitPlace {
  readonly folder: string | undefined
  readonly service: string
  readonly files: CgroupFiles
}

function applyLimit(write: LimitWrite, { folder, service, files }: LimitPlace): void {
  const { controller, limit, optional } = write
  const origin = servicePath(service)
  if (folder === undefined) {
    throw new TcomposeError(
      'cgroup',
      `Cannot limit ${limit} of service "${service}": the host has no ${controller} controller`,
      { hint: `Remove the limit, or boot a kernel with the ${controller} controller`, origin },
    )
  }
  const { file, text } = presentFile(write, folder, files)
  try {
    files.write(`${folder}/${file}`, text)
  } catch (error) {
    if (optional && errnoNameOf(error) === 'ENOENT') return
    throw limitRefused({ limit, service, text, path: `${folder}/${file}` }, error)
  }
}

/** A limit that the kernel did not take. */
export interface RefusedLimit {
  readonly limit: LimitWrite['limit']
  readonly service: string
  readonly text: string
  readonly path: string
}

/** Returns the error for a limit whose write failed with `error`. */
export function limitRefused({ limit, service, text, path }: RefusedLimit, error: unknown): TcomposeError {
  return new TcomposeError(
    'cgroup',
    `Cannot limit ${limit} of service "${service}" to ${text}: ${path}: ${reason(error)}`,
    { origin: servicePath(service), cause: error },
  )
}

function presentFile(
  write: LimitWrite,
  folder: string,
  files: CgroupFiles,
): { readonly file: string; readonly text: string } {
  const { instead = [] } = write
  if (instead.length === 0) return write
  return [write, ...instead].find(({ file }) => files.read(`${folder}/${file}`) !== undefined) ?? write
}

function reason(error: unknown): string {
  return errnoNameOf(error) ?? String(error)
}

function words(text: string | undefined): readonly string[] {
  return text?.trim().split(/\s+/) ?? []
}
