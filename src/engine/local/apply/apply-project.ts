import { once } from '../../../base/once.ts'
import { makePrivateFolder } from '../../../disk/record-file.ts'
import { removeEmptyParents } from '../../../linux/cgroup/remove-cgroup.ts'
import { type ImageRequest, imageLabel } from '../../../model/image-request.ts'
import { parseProjectName } from '../../../model/names.ts'
import type { Action } from '../../../planner/action.ts'
import { movedImage } from '../../../planner/describe-action.ts'
import { type ImageAction, isAboutImages } from '../../../planner/image-action.ts'
import type { Plan, Step } from '../../../planner/plan.ts'
import { type Lease, openLease } from '../../../store/lease.ts'
import type { ExecuteOptions, ExecutionReport, StepEvent } from '../../engine.ts'
import type { DockerfileReader } from '../build/dockerfile-reader.ts'
import { healthcheckProblems } from '../container/healthcheck-problems.ts'
import { UserResolver } from '../container/user-resolver.ts'
import type { EngineHost } from '../host/engine-host.ts'
import type { EnginePrograms } from '../host/engine-programs.ts'
import { keepNeeded } from '../image/keep-needed.ts'
import type { KnownImages } from '../image/known-images.ts'
import { AddressAllocator } from '../network/address-allocator.ts'
import { foreignNames } from '../network/firewall-request.ts'
import { PortForwards } from '../network/port-forwards.ts'
import { keepDigestKey } from '../state/digest-key.ts'
import { instanceTag, mountPoint, projectLayout, type Roots } from '../state/layout.ts'
import type { ProjectRecord } from '../state/project-record.ts'
import { RecordStore } from '../state/record-store.ts'
import type { Trash } from '../state/trash.ts'
import { announcePlan } from './announce.ts'
import type { ApplyContext, HookLine } from './apply-context.ts'
import { applyPlan, type StepRemarks } from './apply-plan.ts'
import { CoalescedTask } from './coalesced-task.ts'
import { finishRemovals } from './finish-removals.ts'
import { forgetProject } from './forget-project.ts'
import { runImageStep } from './image-step.ts'
import { hostKeepers, type KeeperAccess, KeeperLink } from './keeper-link.ts'
import { hostNetwork, type KernelNetwork } from './kernel-network.ts'
import { PlanBuilds } from './plan-builds.ts'
import { isClosing, ProjectClosing } from './project-closing.ts'
import { Removals } from './removals.ts'
import { removeAbandoned } from './remove-abandoned.ts'
import { runAction } from './run-action.ts'
import { removePreStart } from './run-pre-start.ts'
import { superviseProject } from './supervise-project.ts'

/** A port of a container that does not run is free for other programs of the host. */
const TAKES_FROM_FIREWALL: ReadonlySet<string> = new Set<Action['kind']>([
  'stop-container',
  'remove-container',
  'remove-network',
])

const NEEDS_SUPERVISOR: ReadonlySet<string> = new Set<Action['kind']>([
  'await-service',
  'run-pre-start',
  'run-post-start',
])

/** How far the record may be behind what runs: short for who looks, long enough for most plans to be done without it. */
const RECORD_LAG_MS = 300

export interface Execution {
  readonly roots: Roots
  readonly programs: EnginePrograms
  readonly dockerfiles: DockerfileReader
  readonly host: EngineHost
  readonly images: KnownImages
  readonly plan: Plan
  readonly options: ExecuteOptions
  /** All that the plan counts on is kept by a lease: who keeps the store as it was observed may stop. */
  readonly onKept: () => void
}

/** What a plan is carried out with. */
export interface Machinery {
  readonly keepers: KeeperAccess
  readonly network: KernelNetwork
}

const HOST: Machinery = { keepers: hostKeepers, network: hostNetwork }

/**
 * Carries out `plan` and leaves record, supervisor and keeper as its outcome wants them. Images are got before anything
 * of the project is touched, its record included.
 */
export async function applyProject(
  execution: Execution,
  machinery: Machinery = HOST,
): Promise<ExecutionReport> {
  const { roots, programs, dockerfiles, images, plan, options } = execution
  using lease = openLease(roots)
  await keepNeeded(images, plan, lease)
  execution.onKept()
  await using builds = new PlanBuilds({ roots, programs, dockerfiles, lease, options })
  let opened: Promise<OpenProject> | undefined
  const open = (): Promise<OpenProject> => {
    opened ??= openProject(execution, machinery, lease)
    return opened
  }
  if (!plan.steps.some(({ action }) => isAboutImages(action))) await open()
  const run = async (step: Step, remarks: StepRemarks): Promise<void> => {
    const { action } = step
    if (isAboutImages(action)) {
      await runImageStep(step, action, { roots, images, options, lease, builds })
      return requireHealthchecks(execution, action)
    }
    const { context, closing } = await open()
    const warn = (message: string) => options.onEvent({ kind: 'warning', step, message })
    const onHookLine = (line: HookLine) => options.onEvent(hookEvent(step, line))
    const noteWait: ApplyContext['noteWait'] = (replica, reason) =>
      options.onEvent({ kind: 'step-waiting', step, replica, reason })
    const onProviderInfo = (message: string) => options.onEvent({ kind: 'info', step, message })
    const told = { warn, noteWait, onHookLine, onProviderInfo }
    const own = { ...context, ...told, ...remarks }
    if ((await closing?.run(own, action)) !== true) await runAction(own, action)
  }
  let closing: Promise<void> | undefined
  const onAllRun = () => {
    closing = opened?.then(project => project.close())
    closing?.catch(() => undefined)
  }
  const report = await applyPlan(plan, run, { ...options, onAllRun })
  await closing
  return report
}

/**
 * Says what an image that was just got lacks, while nothing of the project is touched.
 *
 * @throws {TcomposeError} `no-healthcheck`.
 */
function requireHealthchecks({ roots, images, plan }: Execution, action: ImageAction): void {
  const project = parseProjectName(plan.project)
  const isKnown = (image: ImageRequest) => imageLabel(image) === movedImage(action)
  const [problem] = healthcheckProblems(plan, { roots, project, images, isKnown })
  if (problem !== undefined) throw problem
}

function hookEvent(step: Step, { entry: { id, spec }, stream, line: text }: HookLine): StepEvent {
  const { service, number, preStart } = spec
  const name = preStart === undefined ? spec.name : `${service} pre_start[${preStart}]`
  return { kind: 'hook-line', step, container: id, name, service, number, stream, text }
}

/** A project that a plan changes. */
interface OpenProject {
  readonly context: SharedContext
  /** Where the project goes as a whole. */
  readonly closing: ProjectClosing | undefined
  /** Leaves everything as those expect it who come next. */
  readonly close: () => Promise<void>
}

type SharedContext = Omit<
  ApplyContext,
  'warn' | 'noteWait' | 'onHookLine' | 'onProviderInfo' | keyof StepRemarks
>

async function openProject(
  execution: Execution,
  { keepers: access, network }: Machinery,
  lease: Lease,
): Promise<OpenProject> {
  const { roots, plan, options } = execution
  const project = parseProjectName(plan.project)
  const layout = projectLayout(roots, project)
  const store = new RecordStore(project, layout, makesNothing(plan) ? 'if-room' : 'required')
  const place = {
    binary: execution.programs.keeper,
    socketPath: layout.keeperSocket,
    lockPath: layout.keeperLock,
    logPath: layout.keeperLog,
  }
  const keepers = new KeeperLink(access, place, stalledKeeperEnd(plan, store, options))
  if (plan.steps.some(step => step.action.kind === 'start-container')) keepers.warmUp()
  makePrivateFolder(mountPoint(roots))
  await finishRemovals({ roots, store, lease })
  if (options.source !== undefined && !makesNothing(plan)) store.describe(options.source)
  const tag = instanceTag(roots)
  // Before the record has digests that were made with it.
  if (options.files?.key !== undefined) keepDigestKey(layout, options.files.key, store)
  const announced = await announcePlan(plan, store, { owner: { tag, project }, now: Date.now() })
  if (!makesNothing(plan)) store.writeBehind(RECORD_LAG_MS)
  const used = store.record
  const ports = new PortForwards(roots, project, store)
  const supervise = once(async () =>
    superviseProject(await keepers.start(), { roots, programs: execution.programs, project, layout }),
  )
  const gated = plan.steps.some(step => NEEDS_SUPERVISOR.has(step.action.kind))
  let isSupervisorWanted = false
  const context: SharedContext = {
    roots,
    tag,
    project,
    layout,
    store,
    announced,
    host: execution.host,
    images: execution.images,
    signal: options.signal,
    lease,
    keeper: () => keepers.start(),
    runningKeeper: () => keepers.running(),
    accounts: new UserResolver(),
    stopSignals: new Map(),
    addresses: new AddressAllocator(roots, project, store),
    ports,
    network,
    removals: new Removals(network.removeInterfaces),
    tornDown: new Map(),
    firewall: new CoalescedTask(async () => network.updateFirewall({ roots, tag, project, store, ports })),
    ...(options.files && { files: options.files }),
    ...(options.caller && { caller: options.caller }),
    ...(options.attachment && { attachment: options.attachment }),
    ...(options.prepareModel && { prepareModel: options.prepareModel }),
    ...(options.runProvider && { runProvider: options.runProvider }),
    wantSupervisor: () => {
      isSupervisorWanted = true
      // Health gates need the supervisor at once, and hooks its DNS server; otherwise it can wait until the containers have had their turn.
      if (gated) supervise().catch(() => undefined)
    },
  }
  const closing = isClosing(plan, used) ? new ProjectClosing() : undefined
  const close = async (): Promise<void> => {
    using _keepers = keepers
    await store.endWriteBehind()
    // Steps are not over before what they remove is gone, whatever becomes of the rest.
    await removeLeftHooks(context)
    const trash = await closing?.close(context, keepers)
    void context.removals.flush()
    if (isSupervisorWanted) await supervise()
    await settle(execution, context, { keepers, trash })
    await removeAbandoned(roots, network, namesLeft(used, store.record))
  }
  return { context, closing, close }
}

/** Containers of hooks that were made and not run, since something before them failed, go with the plan. */
async function removeLeftHooks(context: SharedContext): Promise<void> {
  const left = [...context.store.record.containers.values()].filter(({ spec }) => spec.preStart !== undefined)
  const nobody = { warn: () => {}, noteWait: () => {}, onHookLine: () => {}, onProviderInfo: () => {} }
  for (const entry of left)
    await removePreStart({ ...context, ...nobody, leave: () => {}, doneWhen: () => {} }, entry)
}

/** What has to be on record before it is done, but for what is created. */
const MAKES: ReadonlySet<Action['kind']> = new Set(['start-provider', 'reattach-container'])

/** A plan that makes nothing new is carried out on a full disk too: what it removes makes room. */
function makesNothing({ steps }: Plan): boolean {
  return !steps.some(({ action: { kind } }) => kind.startsWith('create-') || MAKES.has(kind))
}

/** Removes what waits to be removed and, for a project that has nothing left, its keeper, firewall and folders. */
async function settle(
  execution: Execution,
  context: SharedContext,
  { keepers, trash }: { readonly keepers: KeeperLink; readonly trash: Trash | undefined },
): Promise<void> {
  const { store, removals, tag, project, layout } = context
  const isLeaving = [...store.record.containers.values()].every(({ phase }) => phase === 'removing')
  if (trash === undefined)
    await Promise.all([
      removals.flush(),
      ...(isLeaving ? [keepers.quit()] : []),
      ...(isLeaving || execution.plan.steps.some(takesFromFirewall) ? [context.firewall.run()] : []),
    ])
  const { containers, providers } = store.record
  if (containers.size > 0 || (providers !== undefined && providers.size > 0)) return store.save()
  for (const [key, { joined }] of store.record.networks) if (joined === true) store.setNetwork(key, undefined)
  removeEmptyParents(execution.host.cgroups, { tag, project })
  if (store.record.networks.size > 0) return store.save()
  await forgetProject(layout, store, trash)
}

/** What is started adds its rules itself, before it runs. */
function takesFromFirewall({ action }: Step): boolean {
  return TAKES_FROM_FIREWALL.has(action.kind)
}

/**
 * A keeper that does not answer is ended where the plan leaves none of its containers; undefined where they are to go
 * on.
 */
function stalledKeeperEnd(
  plan: Plan,
  { record }: RecordStore,
  { onEvent }: ExecuteOptions,
): ((pid: number) => void) | undefined {
  const removed = new Set(
    plan.steps.map(({ action }) => (action.kind === 'remove-container' ? action.id : '')),
  )
  const [step] = plan.steps
  if (step === undefined || ![...record.containers.keys()].every(id => removed.has(id))) return undefined
  return pid => {
    const message = `The keeper, process ${pid}, did not answer and was killed, and its containers with it`
    onEvent({ kind: 'warning', step, message })
  }
}

/** Returns the names of the networks of other projects that `before` used, and `after` does not. */
function namesLeft(before: ProjectRecord, after: ProjectRecord): ReadonlySet<string> {
  const used = new Set(foreignNames(after))
  return new Set(foreignNames(before).filter(name => !used.has(name)))
}
