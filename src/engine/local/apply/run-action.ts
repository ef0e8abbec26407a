import { assertNever } from '../../../base/assert-never.ts'
import type { Action } from '../../../planner/action.ts'
import type { ImageAction } from '../../../planner/image-action.ts'
import type { ApplyContext } from './apply-context.ts'
import { awaitService } from './await-service.ts'
import { createContainer } from './create-container.ts'
import { createNetwork, removeNetwork } from './network-actions.ts'
import { prepareModel } from './prepare-model.ts'
import { removeProvider, startProvider, stopProvider } from './provider-actions.ts'
import { disconnectContainer, reattachContainer } from './reattach-container.ts'
import { removeContainer } from './remove-container.ts'
import { runPostStart } from './run-post-start.ts'
import { runPreStart } from './run-pre-start.ts'
import { startContainer } from './start-container.ts'
import { stopContainer } from './stop-container.ts'
import { createNamedVolume, removeNamedVolume } from './volume-actions.ts'

/** Does one action that changes the project. */
export async function runAction(context: ApplyContext, action: Exclude<Action, ImageAction>): Promise<void> {
  switch (action.kind) {
    case 'create-network':
      return createNetwork(context, action)
    case 'remove-network':
      return removeNetwork(context, action)
    case 'restore-firewall':
      return context.firewall.run()
    case 'create-volume':
      return createNamedVolume(context, action)
    case 'remove-volume':
      return removeNamedVolume(context, action)
    case 'create-container':
      return createContainer(context, action)
    case 'start-container':
      return startContainer(context, action)
    case 'run-pre-start':
      return runPreStart(context, action)
    case 'run-post-start':
      return runPostStart(context, action)
    case 'stop-container':
      return stopContainer(context, action)
    case 'disconnect-container':
      return disconnectContainer(context, action)
    case 'reattach-container':
      return reattachContainer(context, action)
    case 'remove-container':
      return removeContainer(context, action)
    case 'prepare-model':
      return prepareModel(context, action)
    case 'start-provider':
      return startProvider(context, action)
    case 'stop-provider':
      return stopProvider(context, action)
    case 'remove-provider':
      return removeProvider(context, action)
    case 'await-service':
      return awaitService(context, action)
    default:
      return assertNever(action)
  }
}
