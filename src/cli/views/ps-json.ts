import { type ObservedContainer, restartReason } from '../../app/index.ts'
import {
  commandText,
  portsText,
  reachablePorts,
  type StateName,
  stateName,
  statusText,
  UNKNOWN_EXIT_CODE,
  unpublishedPorts,
} from './container-words.ts'
import { humanDuration } from './human-duration.ts'
import type { TemplateEntry } from './template-list.ts'

/** A line of `ps --format json`: the fields of Docker Compose, and of `docker inspect` what tells how a container does. */
export interface PsJson {
  readonly Command: string
  readonly CreatedAt: string
  readonly ExitCode: number
  /** Probes that have failed since one succeeded. */
  readonly FailingStreak: number
  /** Empty if there is no health check. */
  readonly Health: string
  /** The last probes of the last run, oldest first, as State.Health.Log of docker inspect. */
  readonly HealthLog: readonly ProbeJson[]
  /** The 12 digits of the short id. */
  readonly ID: string
  readonly Image: string
  /** `key=value`, joined by commas. */
  readonly Labels: string
  readonly LocalVolumes: string
  readonly Mounts: string
  readonly Name: string
  readonly Names: string
  readonly Networks: string
  readonly Ports: string
  readonly Project: string
  readonly Publishers: readonly PublisherJson[]
  /** Starts that the restart policy has made since a command started the container. */
  readonly RestartCount: number
  /** Why it made the last one, e.g. `exit code 1`; empty if it made none. */
  readonly RestartReason: string
  readonly RunningFor: string
  readonly Service: string
  readonly Size: string
  readonly State: StateName
  readonly Status: string
}

export interface ProbeJson {
  readonly Start: string
  readonly End: string
  readonly ExitCode: number
  /** Of standard output and error, 4096 bytes at most. */
  readonly Output: string
}

export interface PublisherJson {
  readonly URL: string
  readonly TargetPort: number
  readonly PublishedPort: number
  readonly Protocol: string
}

/** Returns one container as `ps --format json` shows it; `now` is in milliseconds. */
export function psJson(container: ObservedContainer, project: string, now: number): PsJson {
  const { id, name, image, service, state, health, probes, restarts, spec } = container
  const ports = reachablePorts(container)
  return {
    Command: commandText(container.command, false),
    CreatedAt: createdAt(container.createdAt),
    ExitCode:
      state.kind === 'exited' || state.kind === 'restarting' ? (state.exitCode ?? UNKNOWN_EXIT_CODE) : 0,
    FailingStreak: probes?.failingStreak ?? 0,
    Health: health ?? '',
    HealthLog: (probes?.log ?? []).map(({ startedAt, endedAt, exitCode, output }) => ({
      Start: new Date(startedAt).toISOString(),
      End: new Date(endedAt).toISOString(),
      ExitCode: exitCode,
      Output: output,
    })),
    ID: id.slice(0, 12),
    Image: image,
    Labels: [...container.labels].map(([key, value]) => `${key}=${value}`).join(','),
    LocalVolumes: String(spec?.volumeNames.size ?? 0),
    Mounts: container.mounts.join(','),
    Name: name,
    Names: name,
    Networks: networksText(container, project),
    Ports: portsText({ ...container, ports }),
    Project: project,
    Publishers: [
      ...unpublishedPorts(container).map(({ target, protocol }) => ({
        URL: '',
        TargetPort: target,
        PublishedPort: 0,
        Protocol: protocol,
      })),
      ...ports.map(({ hostIp, hostPort, target, protocol }) => ({
        URL: hostIp,
        TargetPort: target,
        PublishedPort: hostPort,
        Protocol: protocol,
      })),
    ],
    RestartCount: restarts?.count ?? 0,
    RestartReason: restarts?.cause === undefined ? '' : restartReason(restarts.cause),
    RunningFor: `${humanDuration(now - container.createdAt)} ago`,
    Service: service,
    Size: '0B',
    State: stateName(container),
    Status: statusText(container, now),
  }
}

/** As with docker, one that has no network of its own is on the one called `host` or `none`, or on none that has a name. */
function networksText({ networks, spec }: ObservedContainer, project: string): string {
  const mode = spec?.config.networkMode.kind
  if (mode === 'host' || mode === 'none') return mode
  return networks.map(({ network }) => spec?.networkNames.get(network) ?? `${project}_${network}`).join(',')
}

/** What templates of `ps` may name, and the headings of docker for them. */
export const PS_FIELDS: readonly (keyof PsJson)[] = [
  ...(['Command', 'CreatedAt', 'ExitCode', 'FailingStreak', 'Health', 'HealthLog', 'ID'] as const),
  ...(['Image', 'Labels', 'LocalVolumes', 'RestartCount', 'RestartReason'] as const),
  ...(['Mounts', 'Name', 'Names', 'Networks', 'Ports', 'Project', 'Publishers', 'RunningFor'] as const),
  ...(['Service', 'Size', 'State', 'Status'] as const),
]
export const PS_HEADINGS: Readonly<Record<string, string>> = { ID: 'CONTAINER ID', RunningFor: 'CREATED' }

/** Returns one container as templates see it: with `.Label "key"` beside the fields of `--format json`. */
export function psEntry(container: ObservedContainer, project: string, now: number): TemplateEntry {
  const { HealthLog, Publishers, ...fields } = psJson(container, project, now)
  return {
    ...fields,
    HealthLog: HealthLog.map(probe => ({ ...probe })),
    Publishers: Publishers.map(publisher => ({ ...publisher })),
    Label: (key = '') => container.labels.get(String(key)) ?? '',
  }
}

/** Returns a time in Go's format, e.g. `2026-11-23 15:04:05 +0000 UTC`. */
function createdAt(milliseconds: number): string {
  return `${new Date(milliseconds).toISOString().slice(0, 19).replace('T', ' ')} +0000 UTC`
}
