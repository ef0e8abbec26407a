import { setTimeout as delay } from 'node:timers/promises'
import { errnoNameOf } from '../../base/errno-name-of.ts'
import { TcomposeError } from '../../base/tcompose-error.ts'
import { type CgroupHost, type CgroupOwner, cgroupFolder } from './cgroup.ts'
import { type CgroupFiles, hostCgroupFiles } from './cgroup-files.ts'
import { makeFolder } from './create-cgroup.ts'
import { thaw } from './thaw-cgroup.ts'

/** How long the kernel may take: a process in an uninterruptible sleep is frozen when it wakes. */
const PATIENCE_MS = 10_000
const LOOK_MS = 1

/**
 * Returns the folder that a container is frozen by: its own with v2, one of the freezer with v1.
 *
 * @throws {TcomposeError} `cgroup` if the host cannot freeze.
 */
export function freezerFolder(host: CgroupHost, owner: CgroupOwner): string {
  const mountPoint =
    host.kind === 'v2'
      ? host.mountPoint
      : host.hierarchies.find(({ controllers }) => controllers.includes('freezer'))?.mountPoint
  if (mountPoint !== undefined) return cgroupFolder(mountPoint, owner)
  throw new TcomposeError('cgroup', 'Cannot pause a container: the host has no freezer controller', {
    hint: 'Boot a kernel with the freezer controller, or with control groups of version 2',
  })
}

/** What to freeze, and by which folder. */
export interface Freezing {
  readonly host: CgroupHost
  readonly folder: string
  /** Returns the processes to freeze. */
  readonly members: () => readonly number[]
  /** @default PATIENCE_MS */
  readonly patienceMs?: number
}

/**
 * Freezes processes, and resolves when none of them runs. With v1 they come into the freezer's group first: a group is made
 * only for a container that is paused.
 *
 * @throws {TcomposeError} `pause` if one goes on running; all of them run again then.
 */
export async function freeze(freezing: Freezing, files: CgroupFiles = hostCgroupFiles): Promise<void> {
  const { folder, patienceMs = PATIENCE_MS } = freezing
  const request = freezing.host.kind === 'v1' ? freezeV1 : freezeV2
  const deadline = performance.now() + patienceMs
  while (!request(freezing, files)) {
    if (performance.now() > deadline) {
      thaw(folder, files)
      throw new TcomposeError(
        'pause',
        `Cannot freeze control group ${folder}: a process still runs ${patienceMs / 1000} s later`,
        { hint: 'Run the command again; a process that waits for a device or a network disk is frozen late' },
      )
    }
    await delay(LOOK_MS)
  }
}

/** What is forked while others are moved stays behind, so the last look comes after all that can fork are frozen. */
function freezeV1({ host, folder, members }: Freezing, files: CgroupFiles): boolean {
  const mountPoint =
    host.kind === 'v1' ? host.hierarchies.map(one => one.mountPoint).find(isAbove) : undefined
  makeFolder(folder, { mountPoint: mountPoint ?? '/', files, prepare: () => {} })
  const inside = new Set(files.read(`${folder}/cgroup.procs`)?.split('\n') ?? [])
  const outside = members().filter(pid => !inside.has(String(pid)))
  for (const pid of outside) moveInto(folder, pid, files)
  files.write(`${folder}/freezer.state`, 'FROZEN')
  return outside.length === 0 && files.read(`${folder}/freezer.state`)?.trim() === 'FROZEN'

  function isAbove(path: string): boolean {
    return folder.startsWith(`${path}/`)
  }
}

/** A process may have ended since it was listed. */
function moveInto(folder: string, pid: number, files: CgroupFiles): void {
  try {
    files.write(`${folder}/cgroup.procs`, String(pid))
  } catch (error) {
    if (errnoNameOf(error) !== 'ESRCH') throw error
  }
}

function freezeV2({ folder }: Freezing, files: CgroupFiles): boolean {
  files.write(`${folder}/cgroup.freeze`, '1')
  return /^frozen 1$/m.test(files.read(`${folder}/cgroup.events`) ?? '')
}
