import { removeFile } from '../../../disk/record-file.ts'
import type { Action } from '../../../planner/action.ts'
import { containerLayout } from '../state/layout.ts'
import { type ApplyContext, containerOf } from './apply-context.ts'
import { runHooks } from './run-hooks.ts'

/**
 * Runs the `post_start` hooks of a container that was started.
 *
 * @throws {TcomposeError} `hook`.
 */
export async function runPostStart(
  context: ApplyContext,
  { replica }: Extract<Action, { kind: 'run-post-start' }>,
): Promise<void> {
  const entry = containerOf(context, replica)
  await runHooks(context, entry, 'post_start')
  removeFile(containerLayout(context.roots, context.project, entry.id).awaitsPostStart)
}
