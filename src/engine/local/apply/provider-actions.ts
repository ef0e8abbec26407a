import { servicePath } from '../../../base/model-path.ts'
import { TcomposeError } from '../../../base/tcompose-error.ts'
import { NO_VARIABLES, type ProviderCommand } from '../../../model/provider.ts'
import type { Action } from '../../../planner/action.ts'
import type { ProviderAnswer, ProviderRequest } from '../../engine.ts'
import type { ProviderEntry } from '../state/project-record.ts'
import type { ApplyContext } from './apply-context.ts'

type ProviderAction<Kind extends Action['kind']> = Extract<Action, { kind: Kind }>

/**
 * Has a provider make what its service stands for, and records what it says. That it was asked is on record before, so
 * that `down` has it release what a killed command has left.
 *
 * @throws {TcomposeError} `provider`.
 */
export async function startProvider(
  context: ApplyContext,
  action: ProviderAction<'start-provider'>,
): Promise<void> {
  const { service, provider } = action
  const variables = entryOf(context, service)?.variables ?? NO_VARIABLES
  const beforeRun = () => record(context, service, { phase: 'creating', provider, variables })
  const answer = await ask(context, 'up', { ...action, beforeRun })
  await record(context, service, { phase: 'created', provider, variables: answer.variables })
}

/**
 * Has a provider pause what it has made, if it can.
 *
 * @throws {TcomposeError} `provider`.
 */
export async function stopProvider(
  context: ApplyContext,
  action: ProviderAction<'stop-provider'>,
): Promise<void> {
  const { isKnown } = await ask(context, 'stop', { ...action, beforeRun: async () => {} })
  if (!isKnown) context.leave('Running')
}

/**
 * Has a provider release what it has made, and forgets it then.
 *
 * @throws {TcomposeError} `provider`.
 */
export async function removeProvider(
  context: ApplyContext,
  action: ProviderAction<'remove-provider'>,
): Promise<void> {
  const entry = entryOf(context, action.service)
  if (entry === undefined) return
  const beforeRun = () => record(context, action.service, { ...entry, phase: 'removing' })
  await ask(context, 'down', { ...action, beforeRun })
  context.store.setProvider(action.service, undefined)
}

function entryOf({ store }: ApplyContext, service: string): ProviderEntry | undefined {
  return store.record.providers?.get(service)
}

async function record({ store }: ApplyContext, service: string, entry: ProviderEntry): Promise<void> {
  store.setProvider(service, entry)
  await store.save()
}

async function ask(
  context: ApplyContext,
  command: ProviderCommand,
  { service, provider, beforeRun }: Pick<ProviderRequest, 'service' | 'provider' | 'beforeRun'>,
): Promise<ProviderAnswer> {
  const { project, signal, warn, runProvider, onProviderInfo: onInfo } = context
  if (runProvider === undefined) throw new Error('Cannot run a provider: the command has none')
  try {
    return await runProvider({ command, project, service, provider, signal, beforeRun, onInfo, warn })
  } catch (error) {
    throw error instanceof TcomposeError ? error.at(servicePath(service, 'provider')) : error
  }
}
