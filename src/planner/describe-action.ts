import { imageLabel } from '../model/image-request.ts'
import type { Action, AwaitedCondition } from './action.ts'
import type { ImageAction } from './image-action.ts'

/** An action in words: what is touched, and what is done to it. */
export interface ActionWords {
  readonly subject: string
  readonly verb: string
}

const WAITING: Readonly<Record<AwaitedCondition, string>> = {
  service_started: 'wait until started',
  service_healthy: 'wait until healthy',
  service_ready: 'wait until ready',
  service_completed_successfully: 'wait until completed',
}

/** Describes `action`; containers are named without the prefix of their project. */
export function describeAction(action: Action, project: string): ActionWords {
  const short = (name: string): string =>
    name.startsWith(`${project}-`) ? name.slice(project.length + 1) : name
  switch (action.kind) {
    case 'fetch-image':
      return { subject: movedImage(action), verb: 'fetch image' }
    case 'build-image':
      return {
        subject: movedImage(action),
        verb: action.fetchFirst === undefined ? 'build image' : 'fetch or build image',
      }
    case 'push-image':
      return { subject: movedImage(action), verb: 'push image' }
    case 'create-network':
      return { subject: action.network.key, verb: 'create network' }
    case 'remove-network':
      return { subject: action.key, verb: 'remove network' }
    case 'restore-firewall':
      return { subject: project, verb: 'restore firewall' }
    case 'create-volume':
      return { subject: action.volume.key, verb: 'create volume' }
    case 'remove-volume':
      return { subject: action.key, verb: 'remove volume' }
    case 'create-container':
      return { subject: short(action.container.name), verb: 'create container' }
    case 'start-container':
      return { subject: short(action.name), verb: 'start container' }
    case 'run-pre-start':
      return { subject: short(action.name), verb: 'run pre_start' }
    case 'run-post-start':
      return { subject: short(action.name), verb: 'run post_start' }
    case 'stop-container':
      return { subject: short(action.name), verb: 'stop container' }
    case 'disconnect-container':
      return { subject: short(action.name), verb: `disconnect from ${action.networks.join(', ')}` }
    case 'reattach-container':
      return { subject: short(action.name), verb: reattachmentVerb(action) }
    case 'remove-container':
      return { subject: short(action.name), verb: 'remove container' }
    case 'prepare-model':
      return { subject: action.model.key, verb: `prepare model ${action.model.reference}` }
    case 'start-provider':
      return { subject: action.service, verb: `run provider ${action.provider.type}` }
    case 'stop-provider':
      return { subject: action.service, verb: `stop provider ${action.provider.type}` }
    case 'remove-provider':
      return { subject: action.service, verb: `remove from provider ${action.provider.type}` }
    case 'await-service':
      return { subject: action.service, verb: WAITING[action.condition] }
  }
}

function reattachmentVerb({ connect, disconnect }: Extract<Action, { kind: 'reattach-container' }>): string {
  const parts = [
    ...(connect.length > 0 ? [`connect to ${connect.join(', ')}`] : []),
    ...(disconnect.length > 0 ? [`disconnect from ${disconnect.join(', ')}`] : []),
  ]
  return parts.length === 0 ? 'update names and routes' : parts.join(', ')
}

/** Returns what tells the image of a step apart from others: `redis:7 for linux/arm64`. */
export function movedImage(action: ImageAction): string {
  const { image, platform } = action.kind === 'build-image' ? action.build : action
  return imageLabel({ reference: image, platform })
}
