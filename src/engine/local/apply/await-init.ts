import { existsSync } from 'node:fs'
import { servicePath } from '../../../base/model-path.ts'
import { TcomposeError } from '../../../base/tcompose-error.ts'
import { ChangeWatcher, KEEPER_LOOK_MS } from '../../../disk/change-watcher.ts'
import type { ContainerSpec } from '../../../model/container.ts'
import { readProcessState } from '../../../runtime/keeper/process-files.ts'
import { lastLogLines } from '../log/last-log-lines.ts'
import { type ContainerLayout, containerLayout } from '../state/layout.ts'
import type { ContainerEntry } from '../state/project-record.ts'
import type { ApplyContext } from './apply-context.ts'

/** Lines of what a runtime has written that a failure shows. */
const SHOWN_LINES = 5

/** How long a runtime may take; one that cannot make as many threads as it wants may wait for ever. */
const PATIENCE_MS = 60_000

/**
 * Waits until the OCI runtime of a container that was launched has started its first process. A runtime that fails says why
 * on its standard error, which is the container's.
 *
 * @throws {TcomposeError} `container-launch` if it ends before.
 */
export async function awaitInit(
  { roots, project, signal }: Pick<ApplyContext, 'roots' | 'project' | 'signal'>,
  { id, spec }: ContainerEntry,
): Promise<void> {
  const layout = containerLayout(roots, project, id)
  using watcher = new ChangeWatcher()
  watcher.add(layout.runDir)
  const deadline = performance.now() + PATIENCE_MS
  while (await watcher.changed(signal)) {
    const { kind } = readProcessState(layout)
    // In this order: one that has started and ended meanwhile has left its file.
    if (existsSync(layout.init)) return
    const isOver = kind === 'ended' || kind === 'lost'
    if (isOver) throw failedError(spec, layout, 'its OCI runtime failed')
    if (performance.now() > deadline)
      throw failedError(spec, layout, `its OCI runtime has not started it in ${PATIENCE_MS / 1000} s`)
    // The end of a keeper changes no file.
    watcher.noticeAfter(KEEPER_LOOK_MS)
  }
  signal.throwIfAborted()
}

function failedError(
  { service, config }: ContainerSpec,
  { log }: ContainerLayout,
  state: string,
): TcomposeError {
  return new TcomposeError('container-launch', `Cannot start service "${service}": ${state}`, {
    hint: 'The lines above are the last of its log; runtimes also need memory and processes of the limits',
    origin: servicePath(service, config.runtime === undefined ? 'x-isolation' : 'runtime'),
    notes: lastLogLines(log, SHOWN_LINES),
  })
}
