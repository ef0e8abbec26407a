import type { SecuritySettings, Service } from '../model/service.ts'

/** What a one-off has in place of what its service has, or beside it. */
export interface OneOffChanges {
  /** @default the service's, unless there is an entrypoint: then none */
  readonly command?: readonly string[] | undefined
  /** @default the service's */
  readonly entrypoint?: readonly string[] | undefined
  /** Beside the service's; a value of undefined unsets a variable. */
  readonly environment: ReadonlyMap<string, string | undefined>
  /** Beside the service's. */
  readonly labels: ReadonlyMap<string, string>
  /** @default the service's */
  readonly user?: string | undefined
  /** @default the service's */
  readonly workingDir?: string | undefined
  /** Names as `SecuritySettings` has them. */
  readonly capAdd: readonly string[]
  readonly capDrop: readonly string[]
  /** Publish the service's ports. */
  readonly hasPorts: boolean
  readonly tty: boolean
  readonly stdinOpen: boolean
}

/** Returns `service` as a one-off runs it: nothing starts it again, and it has no name of its own. */
export function oneOffService({ onUnhealthy, ...service }: Service, changes: OneOffChanges): Service {
  const { command, entrypoint, environment, labels, user, workingDir, hasPorts, tty, stdinOpen } = changes
  return {
    ...service,
    ...(onUnhealthy === 'stop' && { onUnhealthy }),
    containerName: undefined,
    restart: { kind: 'no' },
    command: command ?? (entrypoint === undefined ? service.command : []),
    entrypoint: entrypoint ?? service.entrypoint,
    environment: new Map([...service.environment, ...environment]),
    labels: new Map([...service.labels, ...labels]),
    user: user ?? service.user,
    workingDir: workingDir ?? service.workingDir,
    security: withCapabilities(service.security, changes),
    ports: hasPorts ? service.ports : [],
    tty,
    stdinOpen,
  }
}

/** What is added is no longer dropped, and the other way round. */
function withCapabilities(
  security: SecuritySettings,
  { capAdd, capDrop }: Pick<OneOffChanges, 'capAdd' | 'capDrop'>,
): SecuritySettings {
  const added = [...new Set([...security.capAdd, ...capAdd])]
  const dropped = [...new Set([...security.capDrop.filter(name => !capAdd.includes(name)), ...capDrop])]
  return { ...security, capAdd: added.filter(name => !capDrop.includes(name)), capDrop: dropped }
}
