import { type Action, movedImage, type Plan, type ReplicaAddress } from '../../app/index.ts'

/** Docker Compose's words for a step in progress and when done. */
export interface ProgressWords {
  /** E.g. `Container shop-web-1`. */
  readonly thing: string
  readonly doing: string
  readonly done: string
}

const AWAITED = {
  service_started: 'Started',
  service_healthy: 'Healthy',
  service_ready: 'Healthy',
  service_completed_successfully: 'Exited',
} as const

/** Returns the words for `action`, of one thing, or of each replica that it waits for. */
export function progressWords(action: Action, plan: Plan): readonly ProgressWords[] {
  switch (action.kind) {
    case 'fetch-image':
      return [{ thing: imageThing(movedImage(action)), doing: 'Pulling', done: 'Pulled' }]
    case 'build-image':
      return [{ thing: imageThing(movedImage(action)), doing: 'Building', done: 'Built' }]
    case 'push-image':
      return [{ thing: imageThing(movedImage(action)), doing: 'Pushing', done: 'Pushed' }]
    case 'create-network':
      return [{ thing: `Network ${action.network.name}`, ...CREATE }]
    case 'remove-network':
      return [{ thing: `Network ${action.name}`, ...REMOVE }]
    case 'restore-firewall':
      return [{ thing: `Firewall ${plan.project}`, doing: 'Restoring', done: 'Restored' }]
    case 'create-volume':
      return [{ thing: `Volume ${action.volume.name}`, ...CREATE }]
    case 'remove-volume':
      return [{ thing: `Volume ${action.name}`, ...REMOVE }]
    case 'create-container':
      return [
        {
          thing: containerThing(action.container.name),
          ...(action.replaces === undefined ? CREATE : RECREATE),
        },
      ]
    case 'start-container': {
      const doing = isRestart(action, plan) ? RESTARTING : 'Starting'
      return [{ thing: containerThing(action.name), doing, done: 'Started' }]
    }
    case 'run-pre-start':
      return [{ thing: containerThing(action.name), doing: 'Running', done: 'Completed' }]
    case 'run-post-start':
      return [{ thing: containerThing(action.name), doing: 'Running post_start', done: 'Started' }]
    case 'stop-container':
      return [{ thing: containerThing(action.name), ...(isRestart(action, plan) ? RESTART : STOP) }]
    case 'remove-container':
      return [{ thing: containerThing(action.name), ...REMOVE }]
    case 'disconnect-container':
      return [{ thing: containerThing(action.name), doing: 'Disconnecting', done: 'Disconnected' }]
    case 'reattach-container':
      return [{ thing: containerThing(action.name), ...reattachmentWords(action) }]
    case 'prepare-model':
      return [{ thing: `Model ${action.model.name ?? action.model.key}`, doing: 'Preparing', done: 'Ready' }]
    case 'start-provider':
      return [{ thing: providerThing(action.service), doing: 'Starting', done: 'Started' }]
    case 'stop-provider':
      return [{ thing: providerThing(action.service), doing: 'Stopping', done: 'Stopped' }]
    case 'remove-provider':
      return [{ thing: providerThing(action.service), ...REMOVE }]
    case 'await-service':
      return action.replicas.map(replica => ({
        thing: containerThing(replicaName(replica, plan)),
        doing: 'Waiting',
        done: AWAITED[action.condition],
      }))
  }
}

function reattachmentWords({
  connect,
  disconnect,
}: Extract<Action, { kind: 'reattach-container' }>): Pick<ProgressWords, 'doing' | 'done'> {
  if (connect.length > 0) return { doing: 'Connecting', done: 'Connected' }
  return disconnect.length > 0
    ? { doing: 'Disconnecting', done: 'Disconnected' }
    : { doing: 'Updating networks', done: 'Updated networks' }
}

/** Returns `Container shop-web-1`. */
export function containerThing(name: string): string {
  return `Container ${name}`
}

function providerThing(service: string): string {
  return `Provider ${service}`
}

/** Returns `Image redis:7`. */
export function imageThing(label: string): string {
  return `Image ${label}`
}

/** Tells whether an action is one half of what `restart` does with a container. */
function isRestart({ kind, name }: Extract<Action, { name: string }>, { steps }: Plan): boolean {
  return steps.some(
    ({ action, cause }) =>
      cause === 'restart' && action.kind === kind && 'name' in action && action.name === name,
  )
}

const RESTARTING = 'Restarting'
const RESTART = { doing: RESTARTING, done: RESTARTING }
const STOP = { doing: 'Stopping', done: 'Stopped' }
const CREATE = { doing: 'Creating', done: 'Created' }
const RECREATE = { doing: 'Recreate', done: 'Recreated' }
const REMOVE = { doing: 'Removing', done: 'Removed' }

/** A container that the plan does not start has the default name, as far as the plan shows. */
function replicaName({ service, number }: ReplicaAddress, { project, steps }: Plan): string {
  for (const { action } of steps) {
    if (action.kind !== 'start-container') continue
    if (action.replica.service === service && action.replica.number === number) return action.name
  }
  return `${project}-${service}-${number}`
}
