import { TcomposeError } from '../../../base/tcompose-error.ts'
import { removeFile } from '../../../disk/record-file.ts'
import type { Action } from '../../../planner/action.ts'
import { containerLayout } from '../state/layout.ts'
import { type ApplyContext, containerOf } from './apply-context.ts'
import { goesOn, runHooks } from './run-hooks.ts'

/**
 * Runs the `post_start` hooks of a container that was started. A one-off may end before they have, which is no failure.
 *
 * @throws {TcomposeError} `hook`.
 */
export async function runPostStart(
  context: ApplyContext,
  { replica }: Extract<Action, { kind: 'run-post-start' }>,
): Promise<void> {
  const entry = containerOf(context, replica)
  const layout = containerLayout(context.roots, context.project, entry.id)
  try {
    await runHooks(context, entry, 'post_start')
  } catch (error) {
    const isOver = entry.spec.slug !== undefined && !goesOn(layout)
    if (!isOver || !(error instanceof TcomposeError)) throw error
    context.leave('the container has ended')
  }
  removeFile(layout.awaitsPostStart)
}
