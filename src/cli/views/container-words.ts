import type { ObservedContainer, PublishedPort } from '../../app/index.ts'
import { humanDuration } from './human-duration.ts'

/** The states as Docker names them. */
export type StateName = 'running' | 'created' | 'restarting' | 'exited' | 'dead'

/** What Docker says of an exit code that nobody saw. */
export const UNKNOWN_EXIT_CODE = 255

/** A container whose making did not finish counts as created, one that lives without its keeper as dead. */
export function stateName({ state }: ObservedContainer): StateName {
  if (state.kind === 'orphaned') return 'dead'
  return state.kind === 'incomplete' ? 'created' : state.kind
}

/** Returns the status as `docker ps` words it, e.g. `Up 3 minutes (healthy)`. `now` is in milliseconds. */
export function statusText({ state, health }: ObservedContainer, now: number): string {
  switch (state.kind) {
    case 'incomplete':
      return 'Created (incomplete)'
    case 'created':
      return 'Created'
    case 'running':
      return `Up ${humanDuration(now - state.startedAt)}${health === undefined ? '' : ` (${healthText(health)})`}`
    case 'orphaned':
      return `Dead (its keeper ended; process ${state.pid} lives)`
    case 'restarting':
      return `Restarting (${state.exitCode}) ${humanDuration(now - state.finishedAt)} ago`
    case 'exited': {
      const code = state.exitCode ?? UNKNOWN_EXIT_CODE
      return state.finishedAt === undefined
        ? `Exited (${code})`
        : `Exited (${code}) ${humanDuration(now - state.finishedAt)} ago`
    }
  }
}

/**
 * Returns the ports as Docker does: those that are exposed and not published, e.g. `6379/tcp` or `80-82/tcp`, then those
 * that are, e.g. `0.0.0.0:8080->80/tcp`, sorted by container port.
 */
export function portsText(container: Pick<ObservedContainer, 'ports' | 'exposedPorts'>): string {
  return [...exposedRanges(unpublishedPorts(container)), ...publishedTexts(container.ports)].join(', ')
}

/** Returns the ports at which a container is reached now: one that has ended may hold some for its next start. */
export function reachablePorts({
  ports,
  state,
}: Pick<ObservedContainer, 'ports' | 'state'>): readonly PublishedPort[] {
  return state.kind === 'running' ? ports : []
}

/** A port of a container that peers alone reach. */
export interface ExposedPort {
  readonly target: number
  readonly protocol: string
}

/** Returns the exposed ports that are not published, sorted by protocol and number. */
export function unpublishedPorts({
  ports,
  exposedPorts = [],
}: Pick<ObservedContainer, 'ports' | 'exposedPorts'>): readonly ExposedPort[] {
  const published = new Set(ports.map(({ target, protocol }) => `${target}/${protocol}`))
  return exposedPorts
    .filter(port => !published.has(port))
    .map(port => {
      const [target, protocol = 'tcp'] = port.split('/')
      return { target: Number(target), protocol }
    })
    .sort((a, b) => (a.protocol === b.protocol ? a.target - b.target : a.protocol < b.protocol ? -1 : 1))
}

function exposedRanges(ports: readonly ExposedPort[]): readonly string[] {
  const ranges: { readonly from: number; to: number; readonly protocol: string }[] = []
  for (const { target, protocol } of ports) {
    const last = ranges.at(-1)
    if (last?.protocol === protocol && last.to === target - 1) last.to = target
    else ranges.push({ from: target, to: target, protocol })
  }
  return ranges.map(({ from, to, protocol }) => `${from === to ? from : `${from}-${to}`}/${protocol}`)
}

function publishedTexts(ports: readonly PublishedPort[]): readonly string[] {
  return ports
    .toSorted((a, b) => a.target - b.target || a.hostPort - b.hostPort || (a.hostIp < b.hostIp ? -1 : 1))
    .map(({ hostIp, hostPort, target, protocol }) => {
      const host = hostIp.includes(':') ? `[${hostIp}]` : hostIp
      return `${host}:${hostPort}->${target}/${protocol}`
    })
}

const COMMAND_WIDTH = 20

/** Returns the command in quotes, its arguments with a space in single ones as docker has it, cut to 20 characters unless `isWhole`. */
export function commandText(command: readonly string[], isWhole: boolean): string {
  const text = command.map((word, index) => (index > 0 && word.includes(' ') ? `'${word}'` : word)).join(' ')
  return `"${isWhole || text.length <= COMMAND_WIDTH ? text : `${text.slice(0, COMMAND_WIDTH - 1)}…`}"`
}

function healthText(health: NonNullable<ObservedContainer['health']>): string {
  return health === 'starting' ? 'health: starting' : health
}
