import { servicePath } from '../../../base/model-path.ts'
import { TcomposeError } from '../../../base/tcompose-error.ts'
import { readProcessStat } from '../../../linux/process-stat.ts'
import type { Hook } from '../../../model/hook.ts'
import type { KeeperConnection } from '../../../runtime/keeper/keeper-connection.ts'
import { LaunchFailure } from '../../../runtime/keeper/keeper-error.ts'
import { encodeLaunchRequest } from '../../../runtime/keeper/launch-request.ts'
import { readProcessState } from '../../../runtime/keeper/process-files.ts'
import { explainLaunch } from '../../../runtime/launch/launch-error.ts'
import { OutputTail } from '../attach/output-tail.ts'
import { type LineListener, runOnLines } from '../attach/run-on-lines.ts'
import { compileExec } from '../container/compile-exec.ts'
import { type ContainerLayout, containerLayout, projectLayout } from '../state/layout.ts'
import { noteExec } from '../state/note-exec.ts'
import { isPaused } from '../state/pause-mark.ts'
import type { ContainerEntry } from '../state/project-record.ts'
import type { ApplyContext } from './apply-context.ts'

/** When hooks run, as the file calls it. */
export type HookMoment = 'post_start' | 'pre_stop'

const HOOKS_OF = { post_start: 'postStart', pre_stop: 'preStop' } as const

/**
 * Runs the hooks of a running container for `moment`, one after the other. The first that fails is the last. A hook ends
 * with the command that runs it, however that ends.
 *
 * @throws {TcomposeError} `hook` that names the hook, its command, how it ended, and what it wrote last.
 */
export async function runHooks(
  context: ApplyContext,
  entry: ContainerEntry,
  moment: HookMoment,
): Promise<void> {
  const hooks = entry.spec.config[HOOKS_OF[moment]] ?? []
  const place = { entry, moment }
  for (const [index, hook] of hooks.entries()) await runHook(context, { ...place, index, hook })
}

interface HookRun {
  readonly entry: ContainerEntry
  readonly moment: HookMoment
  readonly index: number
  readonly hook: Hook
}

async function runHook(context: ApplyContext, run: HookRun): Promise<void> {
  const keeper = await context.runningKeeper()
  if (keeper === undefined || !goesOn(layoutOf(context, run)))
    throw hookError(run, { ended: 'the container has ended', isOver: true })
  if (isPaused(layoutOf(context, run))) throw hookError(run, { ended: 'the container is paused' })
  const tail = new OutputTail()
  const onLine: LineListener = (stream, line) => {
    tail.add(line)
    context.onHookLine({ entry: run.entry, stream, line })
  }
  const exitCode = await exitCodeOf(context, keeper, { run, onLine })
  if (exitCode === 0) return
  const isOver = !goesOn(layoutOf(context, run))
  const ended = isOver
    ? 'the container has ended, and the hook with it'
    : `${run.entry.spec.service} hook exited with status ${exitCode}`
  throw hookError(run, { ended, isOver, lines: tail.lines })
}

/**
 * Tells whether the main process of a container goes on. The kernel kills what else is in its PID namespace while it ends,
 * so a hook may be gone before it is.
 */
export function goesOn(layout: ContainerLayout): boolean {
  const state = readProcessState(layout)
  return state.kind === 'running' && readProcessStat(state.process.pid)?.isExiting === false
}

function layoutOf({ roots, project }: ApplyContext, { entry }: HookRun): ContainerLayout {
  return containerLayout(roots, project, entry.id)
}

async function exitCodeOf(
  context: ApplyContext,
  keeper: KeeperConnection,
  { run, onLine }: { readonly run: HookRun; readonly onLine: LineListener },
): Promise<number> {
  const { argv, environment, user, privileged = false, workingDir } = run.hook
  const launch = await compileExec({
    ...context,
    entry: run.entry,
    request: {
      ...{ argv, user, privileged, workingDir },
      environment: [...environment].map(([name, value]) => `${name}=${value}`),
    },
    streams: { terminal: undefined, ownStreams: OUTPUTS, killOnHangup: true },
  })
  try {
    const encoded = encodeLaunchRequest(launch)
    const told = noteExec(projectLayout(context.roots, context.project), {
      entry: run.entry,
      id: launch.id,
      argv,
    })
    return told.ended(
      await runOnLines(keeper, { id: launch.id, encoded }, { onLine, signal: context.signal }),
    )
  } catch (error) {
    if (!(error instanceof LaunchFailure)) throw error
    const { message, hint, notes } = explainLaunch(error, launch.program, labelOf(run))
    throw new TcomposeError('hook', message, {
      ...(hint !== undefined && { hint }),
      notes,
      origin: originOf(run),
    })
  }
}

/** Standard output and error: pipes that are made for the hook. */
const OUTPUTS = [1, 2]

interface HookEnd {
  /** What became of the hook, in words. */
  readonly ended: string
  /** The container has ended. @default false */
  readonly isOver?: boolean
  /** What it wrote last. */
  readonly lines?: readonly string[]
}

function hookError(run: HookRun, { ended, isOver = false, lines = [] }: HookEnd): TcomposeError {
  return new TcomposeError('hook', `Cannot complete ${labelOf(run)}: ${ended}`, {
    hint: isOver ? `Run "tcompose logs ${run.entry.spec.service}" to see its output` : HINT[run.moment],
    origin: originOf(run),
    notes: [`Command: ${JSON.stringify(run.hook.argv)}`, ...lines],
  })
}

const HINT = {
  post_start:
    'The container runs on, and what depends on it was not started; "tcompose up" runs its hooks again',
  pre_stop: 'The container was stopped all the same',
} as const

function labelOf({ entry, moment, index }: HookRun): string {
  return `${moment}[${index}] of container ${entry.spec.name}`
}

function originOf({ entry, moment, index }: HookRun): ReturnType<typeof servicePath> {
  return servicePath(entry.spec.service, moment, index)
}
