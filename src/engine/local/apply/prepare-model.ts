import { aiModelPath } from '../../../base/model-path.ts'
import { TcomposeError } from '../../../base/tcompose-error.ts'
import type { Action } from '../../../planner/action.ts'
import type { ApplyContext } from './apply-context.ts'

/**
 * Has what serves models on this machine set one up.
 *
 * @throws {TcomposeError} `model`.
 */
export async function prepareModel(
  { prepareModel: prepare, signal, onProviderInfo: onInfo }: ApplyContext,
  { model }: Extract<Action, { kind: 'prepare-model' }>,
): Promise<void> {
  if (prepare === undefined) throw new Error('Cannot prepare a model: the command has nothing that does')
  try {
    await prepare(model, { signal, onInfo })
  } catch (error) {
    throw error instanceof TcomposeError ? error.at(aiModelPath(model.key)) : error
  }
}
