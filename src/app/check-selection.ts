import { servicePath } from '../base/model-path.ts'
import { TcomposeError } from '../base/tcompose-error.ts'
import type { DesiredService, DesiredState } from '../planner/index.ts'

/**
 * Returns what is wrong with the selected services together or with what they ask of their containers. A file may
 * declare services that cannot all run at once.
 */
export function checkSelection({ services }: Pick<DesiredState, 'services'>): readonly TcomposeError[] {
  const made = services.filter(({ replicas, oneOff }) => replicas > 0 || oneOff !== undefined)
  return [...sharedNames(made), ...made.flatMap(({ config }) => startIntervalError(config))]
}

/** A one-off has a name of its own. */
function sharedNames(services: readonly DesiredService[]): readonly TcomposeError[] {
  const owners = new Map<string, string>()
  return services.flatMap(({ config: { name, containerName }, oneOff }) => {
    if (containerName === undefined || oneOff !== undefined) return []
    const owner = owners.get(containerName)
    if (owner === undefined) {
      owners.set(containerName, name)
      return []
    }
    return [
      new TcomposeError(
        'name-in-use',
        `Cannot create service "${name}": container name "${containerName}" is already in use by service ${owner}`,
        { hint: 'Name one of them to the command, or change its container_name', origin: nameOf(name) },
      ),
    ]
  })
}

function nameOf(service: string): ReturnType<typeof servicePath> {
  return servicePath(service, 'container_name')
}

/** Without a start period there is no time in which the interval would hold. */
function startIntervalError({ name, healthcheck }: DesiredService['config']): readonly TcomposeError[] {
  if (healthcheck?.startInterval === undefined || healthcheck.startPeriod !== undefined) return []
  return [
    new TcomposeError(
      'no-healthcheck',
      `Cannot probe service "${name}": healthcheck.start_interval requires healthcheck.start_period to be set`,
      { hint: 'Add "start_period", or leave "start_interval" out', origin: servicePath(name, 'healthcheck') },
    ),
  ]
}
