import { servicePath } from '../../../base/model-path.ts'
import { TcomposeError } from '../../../base/tcompose-error.ts'
import { ChangeWatcher, KEEPER_LOOK_MS } from '../../../disk/change-watcher.ts'
import type { Action } from '../../../planner/action.ts'
import { readProcessState } from '../../../runtime/keeper/process-files.ts'
import { OutputTail } from '../attach/output-tail.ts'
import { LogReader } from '../log/log-reader.ts'
import { containerLayout } from '../state/layout.ts'
import { LOST_LOOK_MS, LOST_LOOKS } from '../state/lost-end.ts'
import type { ContainerEntry } from '../state/project-record.ts'
import { type ApplyContext, containerOf } from './apply-context.ts'
import { removeContainer } from './remove-container.ts'
import { startContainer } from './start-container.ts'
import { stopContainer } from './stop-container.ts'

/**
 * Runs a container for a `pre_start` hook to its end, and removes it however that ends, an interrupt included.
 *
 * @throws {TcomposeError} `hook` if it exits with another code than 0, or what `startContainer` throws.
 */
export async function runPreStart(
  context: ApplyContext,
  { replica, name }: Extract<Action, { kind: 'run-pre-start' }>,
): Promise<void> {
  const entry = containerOf(context, replica)
  try {
    await startContainer(context, { kind: 'start-container', replica, name })
    await awaitEnd(context, entry)
  } finally {
    await removePreStart(context, entry)
  }
}

/** Stops and removes the container of a hook. Not even an interrupt keeps it. */
export async function removePreStart(context: ApplyContext, { id, spec }: ContainerEntry): Promise<void> {
  const uninterrupted = { ...context, signal: new AbortController().signal }
  const { name } = spec
  await stopContainer(uninterrupted, { kind: 'stop-container', id, name, grace: undefined })
  await removeContainer(uninterrupted, { kind: 'remove-container', id, name, anonymousVolumes: true })
}

/** A keeper writes the end down a moment after it; one that is lost does not. */
async function awaitEnd(context: ApplyContext, entry: ContainerEntry): Promise<void> {
  const layout = containerLayout(context.roots, context.project, entry.id)
  const tail = new OutputTail()
  using reader = new LogReader(layout.log, { tail: undefined })
  using watcher = new ChangeWatcher()
  watcher.add(layout.runDir)
  watcher.add(layout.dataDir)
  let looks = 0
  while (await watcher.changed(context.signal)) {
    const state = readProcessState(layout)
    for (const { stream, text } of reader.read()) {
      tail.add(text)
      context.onHookLine({ entry, stream, line: text })
    }
    if (state.kind === 'ended' && state.exit.exitCode === 0) return
    if (state.kind === 'ended')
      throw hookError(entry, `it exited with code ${state.exit.exitCode}`, tail.lines)
    if (state.kind !== 'running' && looks++ >= LOST_LOOKS)
      throw hookError(entry, 'its end was not seen', tail.lines)
    // The end of a keeper changes no file.
    watcher.noticeAfter(state.kind === 'running' ? KEEPER_LOOK_MS : LOST_LOOK_MS)
  }
  context.signal.throwIfAborted()
}

function hookError(
  { spec, command }: ContainerEntry,
  ended: string,
  lines: readonly string[],
): TcomposeError {
  const { service, preStart = 0 } = spec
  return new TcomposeError(
    'hook',
    `Cannot complete pre_start[${preStart}] of service "${service}": ${ended}`,
    {
      hint: `Nothing of service "${service}" was started, and the container of the hook is gone; "tcompose up" runs it again`,
      origin: servicePath(service, 'pre_start', preStart),
      notes: [`Command: ${JSON.stringify(command)}`, ...lines],
    },
  )
}
