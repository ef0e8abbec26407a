import { constants, openSync } from 'node:fs'
import { Worker } from 'node:worker_threads'
import { TcomposeError } from '../../../base/tcompose-error.ts'
import { type OpenedFile, openedFile } from '../../../disk/opened-file.ts'
import { makePrivateFolder } from '../../../disk/record-file.ts'
import { isAlive } from '../../../linux/process-stat.ts'
import { type PidRecord, readProcessState } from '../../../runtime/keeper/process-files.ts'
import { overlayOptions } from '../../../runtime/launch/overlay-options.ts'
import { containerImage } from '../image/container-image.ts'
import { resolveMounts } from '../mount/resolve-mounts.ts'
import type { ResolvedMount } from '../mount/resolved-mount.ts'
import { innerProcess } from '../state/inner-process.ts'
import { containerLayout, projectLayout } from '../state/layout.ts'
import { type ContainerEntry, readProjectRecord } from '../state/project-record.ts'
import type { OpenedView, ViewBind, ViewRequest } from './open-view.ts'
import type { ContainerPlace } from './pause-container.ts'

/** The root of a container's files, as a descriptor that only `openInRoot` is given. */
export interface ContainerRoot extends Disposable {
  readonly fd: number
}

type Place = Omit<ContainerPlace, 'host'>

const FOLDER = 0o10000000 | constants.O_DIRECTORY

/**
 * Opens the files of a container as its processes see them, volumes and other mounts included. Where it does not run, the
 * caller holds the project's lock: its layers are mounted meanwhile.
 *
 * @throws {TcomposeError} `image-not-found` and others if its files are not to be had.
 */
export async function openContainerRoot(place: Place): Promise<ContainerRoot> {
  const state = readProcessState(containerLayout(place.roots, place.project, place.container))
  const pid = state.kind === 'running' ? filesOf(place, state.process) : undefined
  if (state.kind === 'running' && pid !== undefined) {
    const root = openProcessRoot(pid)
    // The pid may have become another process's before its root was opened, and not since.
    if (root !== undefined && isAlive(state.process.pid, state.process.startTime)) return root
    root?.[Symbol.dispose]()
  }
  return await openStopped(place, entry => resolveMounts(place.roots, entry).flatMap(bindOf))
}

/**
 * Opens the files of a container without what is mounted over them. Where it does not run, the caller holds the project's
 * lock.
 */
export async function openBareRoot(place: Place): Promise<ContainerRoot> {
  const state = readProcessState(containerLayout(place.roots, place.project, place.container))
  const pid = state.kind === 'running' ? filesOf(place, state.process) : undefined
  if (pid === undefined) return await openStopped(place, () => [])
  return await openInThread({ kind: 'bare', pid })
}

/**
 * Returns the process whose root is the container's; undefined if it has just ended.
 *
 * @throws {TcomposeError} `oci-runtime` if no process has such a root.
 */
function filesOf({ roots, project, container }: Place, kept: PidRecord): number | undefined {
  const inner = innerProcess(containerLayout(roots, project, container), kept)
  if (inner === undefined || inner.hasFiles) return inner?.pid
  throw new TcomposeError(
    'oci-runtime',
    `Cannot open the files of container ${container.slice(0, 12)}: gVisor keeps them to itself while it runs`,
    { hint: 'Stop it first, or use "tcompose exec"' },
  )
}

function openProcessRoot(pid: number): OpenedFile | undefined {
  try {
    return openedFile(openSync(`/proc/${pid}/root`, FOLDER))
  } catch {
    return undefined
  }
}

async function openStopped(
  { roots, project, container }: Place,
  bindsOf: (entry: ContainerEntry) => readonly ViewBind[],
): Promise<ContainerRoot> {
  const entry = readProjectRecord(projectLayout(roots, project).record, project).containers.get(container)
  if (entry === undefined) throw new Error(`Cannot find container ${container}: it is not on record`)
  const { upper, work, rootfs } = containerLayout(roots, project, container)
  const image = containerImage(roots, entry)
  const overlay = overlayOptions({
    layers: image.layers,
    writable: { upper, work },
    layersDir: `${roots.data}/layers`,
    image: image.reference,
  })
  if (overlay.kind === 'parts') {
    throw new TcomposeError(
      'container-not-running',
      `Cannot look into ${entry.spec.name}: its image has too many layers for that while it does not run`,
      { hint: `Run "tcompose start ${entry.spec.service}" first` },
    )
  }
  makePrivateFolder(rootfs)
  return await openInThread({ kind: 'stopped', target: rootfs, overlay, binds: bindsOf(entry) })
}

/** What is made at the start of a process, such as a tmpfs, a secret or a device, is nothing while none runs. */
function bindOf({ mount, extras: { files } }: ResolvedMount): readonly ViewBind[] {
  if (files.kind !== 'host') return []
  const { isFile, beneath } = files
  const readOnly = mount.options.includes('ro')
  return [{ source: mount.source, beneath, isFile, target: mount.destination, readOnly }]
}

type ViewReply =
  | ({ readonly kind: 'opened' } & OpenedView)
  | { readonly kind: 'failed'; readonly message: string }

/** Resolves when the thread has ended. */
async function openInThread(request: ViewRequest): Promise<ContainerRoot> {
  // What it opens is handed over: it must stay open when the thread ends.
  const worker = new Worker(viewWorkerUrl(), { workerData: request, trackUnmanagedFds: false })
  const reply = await new Promise<ViewReply>((resolve, reject) => {
    let received: ViewReply = { kind: 'failed', message: 'the thread for it has ended' }
    worker.on('message', (message: ViewReply) => {
      received = message
    })
    worker.on('error', reject)
    worker.on('exit', () => resolve(received))
  })
  if (reply.kind === 'failed') {
    throw new TcomposeError('system-call', `Cannot mount the files of the container: ${reply.message}`)
  }
  const root = openedFile(reply.root)
  const namespace = reply.namespace === undefined ? undefined : openedFile(reply.namespace)
  return {
    fd: root.fd,
    [Symbol.dispose]: () => {
      root[Symbol.dispose]()
      namespace?.[Symbol.dispose]()
    },
  }
}

/** Returns where the worker's program is: beside this file, from source as in the bundle. */
function viewWorkerUrl(): URL {
  const extension = import.meta.url.endsWith('.ts') ? 'ts' : 'js'
  return new URL(`./view-worker.${extension}`, import.meta.url)
}
