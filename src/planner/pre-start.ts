import { servicePath } from '../base/model-path.ts'
import type { ContainerSpec } from '../model/container.ts'
import type { PreStartHook } from '../model/hook.ts'
import type { Healthcheck, Service } from '../model/service.ts'
import { type ContainerNaming, oneOffLabels } from './desired-state.ts'
import type { StepList } from './step-list.ts'

/** A hook, and its index in the file. */
export type NumberedHook = readonly [number, PreStartHook]

/** The service that hooks are of, as its containers are made. */
export type HookedService = Pick<
  ContainerSpec,
  'service' | 'configHash' | 'config' | 'platform' | 'networkNames' | 'volumeNames' | 'labels'
>

/** What the hooks of a service wait for. */
export interface PreStart {
  readonly naming: ContainerNaming
  readonly service: HookedService
  /** Those to run. */
  readonly hooks: readonly NumberedHook[]
  /** Numbers of the replicas that start. */
  readonly starting: readonly number[]
  /** What their containers need. */
  readonly made: readonly number[]
  /** What has to be done before they run. */
  readonly before: readonly number[]
}

/** Adds the steps that run hooks, one after the other, and returns the ids of those that starts wait for. */
export function addPreStart(
  steps: StepList,
  { naming, service, hooks, starting, made, before }: PreStart,
): readonly number[] {
  let last = before
  for (const [index, hook] of hooks) {
    const numbers = hook.isPerReplica ? starting : [0]
    last = numbers.map(number => {
      const container = preStartSpec(naming, service, { hook, index, number })
      const { slug, name } = container
      const origin = servicePath(service.service, 'pre_start', index)
      const created = steps.add(
        { kind: 'create-container', container, replaces: undefined },
        { cause: 'pre_start', dependsOn: made, origin },
      )
      return steps.add(
        { kind: 'run-pre-start', replica: { service: service.service, number: 0, slug }, name },
        { cause: 'before the start', dependsOn: [created, ...last], origin },
      )
    })
  }
  return last
}

interface HookPlace {
  readonly hook: PreStartHook
  readonly index: number
  /** Of the replica that it runs for; 0 for all. */
  readonly number: number
}

function preStartSpec(
  { project, nameSeparator = '-' }: ContainerNaming,
  service: HookedService,
  { hook, index, number }: HookPlace,
): ContainerSpec {
  const { config, configHash, platform, networkNames, volumeNames, labels } = service
  const slug = preStartSlug(configHash, index, number)
  const replica = number === 0 ? [] : [number]
  return {
    ...{ service: config.name, number: 0, slug },
    name: [project, config.name, 'pre_start', index, ...replica].join(nameSeparator),
    configHash,
    config: preStartService(config, hook),
    platform,
    ...{ networkNames, volumeNames },
    labels: new Map([...labels, ...oneOffLabels({ slug })]),
    ...{ isUnaliased: true, isRemovedAtEnd: true, preStart: index },
  }
}

/** What tells the hooks of a service apart comes first: people see the beginning of a slug. */
function preStartSlug(configHash: string, index: number, number: number): string {
  const place = [index, number].map(count => count.toString(16).padStart(4, '0')).join('')
  return `${place}${configHash}`.slice(0, configHash.length)
}

const NO_HEALTHCHECK: Healthcheck = {
  test: { kind: 'none' },
  ...{ interval: undefined, timeout: undefined, retries: undefined },
  ...{ startPeriod: undefined, startInterval: undefined },
}

/** Returns `service` as its hook runs: the process is that of the image but for what the hook says, the rest the service's. */
function preStartService(service: Service, hook: PreStartHook): Service {
  const { build, preStart: _hooks, postStart: _after, preStop: _before, ...rest } = service
  const { argv, environment, image, user, workingDir, privileged } = hook
  return {
    ...rest,
    ...(image === service.image && build !== undefined && { build }),
    image,
    ...{ entrypoint: undefined, command: argv, user, workingDir },
    environment: new Map([...service.environment, ...environment]),
    ...{ containerName: undefined, tty: false, stdinOpen: false, ports: [] },
    healthcheck: NO_HEALTHCHECK,
    restart: { kind: 'no' },
    security: { ...service.security, privileged: privileged ?? false },
  }
}
