import type { ObservedContainer, PublishedPort } from '../../app/index.ts'
import { humanDuration } from './human-duration.ts'

/** Docker's names of the states. */
export type StateName = 'running' | 'paused' | 'created' | 'restarting' | 'exited' | 'dead'

/** What Docker reports for an exit code that was not observed. */
export const UNKNOWN_EXIT_CODE = 255

/** An incomplete container counts as created, one whose process outlived its keeper as dead. */
export function stateName({ state }: ObservedContainer): StateName {
  if (state.kind === 'orphaned') return 'dead'
  if (state.kind === 'running' && state.isPaused) return 'paused'
  return state.kind === 'incomplete' ? 'created' : state.kind
}

/** Returns the status in the words of `docker ps`, e.g. `Up 3 minutes (healthy)`. `now` is in milliseconds. */
export function statusText({ state, health, restarts }: ObservedContainer, now: number): string {
  switch (state.kind) {
    case 'incomplete':
      return 'Created (incomplete)'
    case 'created':
      return 'Created'
    case 'running':
      return `Up ${humanDuration(now - state.startedAt)}${upText(state.isPaused === true, health)}`
    case 'orphaned':
      return `Dead (keeper ended; process ${state.pid} still runs)`
    case 'restarting':
      return `Restarting (${state.exitCode}) ${humanDuration(now - state.finishedAt)} ago${memoryText(state)}${unhealthyText(state.finishedAt, restarts)}`
    case 'exited': {
      const code = state.exitCode ?? UNKNOWN_EXIT_CODE
      return state.finishedAt === undefined
        ? `Exited (${code})`
        : `Exited (${code}) ${humanDuration(now - state.finishedAt)} ago${memoryText(state)}`
    }
  }
}

/** Docker says nothing of the health of a container that is paused. */
function upText(isPaused: boolean, health: ObservedContainer['health']): string {
  if (isPaused) return ' (Paused)'
  return health === undefined ? '' : ` (${healthText(health)})`
}

/** Of one that is started again because it was unhealthy. */
function unhealthyText(finishedAt: number, restarts: ObservedContainer['restarts']): string {
  const { kind, finishedAt: causedAt } = restarts?.cause ?? {}
  return kind === 'unhealthy' && causedAt === finishedAt ? ' (unhealthy)' : ''
}

function memoryText({ outOfMemory = false }: { readonly outOfMemory?: boolean }): string {
  return outOfMemory ? ' (out of memory)' : ''
}

/**
 * Returns the ports as `docker ps` does: runs of those that are only exposed, `80-82/tcp`, or have the same number on the
 * host, `0.0.0.0:80-82->80-82/tcp`, then the other published ones, `0.0.0.0:8080->80/tcp`. A run that another one of its
 * kind follows comes first.
 */
export function portsText(container: Pick<ObservedContainer, 'ports' | 'exposedPorts'>): string {
  const exposed = unpublishedPorts(container).map(port => ({ ...port, hostIp: '', hostPort: port.target }))
  const ports = [...exposed, ...container.ports].toSorted(
    (a, b) =>
      a.target - b.target ||
      compareText(a.hostIp, b.hostIp) ||
      a.hostPort - b.hostPort ||
      compareText(a.protocol, b.protocol),
  )
  const open = new Map<string, PortRun>()
  const closed: string[] = []
  for (const { hostIp, target, protocol } of ports.filter(hasSameNumber)) {
    const key = `${hostIp}/${protocol}`
    const run = open.get(key)
    if (run?.to === target - 1) run.to = target
    else {
      if (run !== undefined) closed.push(runText(run))
      open.set(key, { hostIp, protocol, from: target, to: target })
    }
  }
  const others = ports.filter(port => !hasSameNumber(port))
  return [
    ...closed,
    ...[...open.values()].map(runText),
    ...others.map(port => `${hostText(port)}->${port.target}/${port.protocol}`),
  ].join(', ')
}

/** Container ports in a row of one protocol, each at the same port of one host address; an empty one is none. */
interface PortRun {
  readonly hostIp: string
  readonly protocol: string
  readonly from: number
  to: number
}

function hasSameNumber({ target, hostPort }: Pick<PublishedPort, 'target' | 'hostPort'>): boolean {
  return target === hostPort
}

function runText({ hostIp, protocol, from, to }: PortRun): string {
  const run = from === to ? `${from}` : `${from}-${to}`
  return `${hostIp === '' ? '' : `${hostText({ hostIp, hostPort: run })}->`}${run}/${protocol}`
}

/** Returns an address and a port as one text, as in a URL. */
export function hostText({
  hostIp,
  hostPort,
}: {
  readonly hostIp: string
  readonly hostPort: number | string
}): string {
  return hostIp.includes(':') ? `[${hostIp}]:${hostPort}` : `${hostIp}:${hostPort}`
}

/** Compares texts by their code units. */
export function compareText(a: string, b: string): number {
  if (a === b) return 0
  return a < b ? -1 : 1
}

/** Returns the ports through which a container can be reached now; an exited one may hold some for its next start. */
export function reachablePorts({
  ports,
  state,
}: Pick<ObservedContainer, 'ports' | 'state'>): readonly PublishedPort[] {
  return state.kind === 'running' ? ports : []
}

/** A port that only other containers can reach. */
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

const COMMAND_WIDTH = 20

/**
 * Returns the command in double quotes, cut to 20 characters unless `isWhole`. As in docker's output, arguments that
 * contain a space are in single quotes.
 */
export function commandText(command: readonly string[], isWhole: boolean): string {
  const text = command.map((word, index) => (index > 0 && word.includes(' ') ? `'${word}'` : word)).join(' ')
  return `"${isWhole || text.length <= COMMAND_WIDTH ? text : `${text.slice(0, COMMAND_WIDTH - 1)}…`}"`
}

function healthText(health: NonNullable<ObservedContainer['health']>): string {
  return health === 'starting' ? 'health: starting' : health
}
