import type { Brand } from '../base/brand.ts'

/** A project's name: lower-case letters, digits, `-` and `_`, starting with a letter or digit. */
export type ProjectName = Brand<string, 'ProjectName'>

/** A container's identity: 64 lower-case hex digits, random. */
export type ContainerId = Brand<string, 'ContainerId'>

const PROJECT_NAME = /^[a-z0-9][a-z0-9_-]*$/
const CONTAINER_ID = /^[0-9a-f]{64}$/

/** @throws {SyntaxError} If `text` is not a project name. */
export function parseProjectName(text: string): ProjectName {
  if (!PROJECT_NAME.test(text)) {
    throw new SyntaxError(
      `Cannot use project name "${text}": expected lower-case letters, digits, "-" and "_", starting with a letter or digit`,
    )
  }
  return text as ProjectName
}

/** @throws {SyntaxError} If `text` is not a container id. */
export function parseContainerId(text: string): ContainerId {
  if (!CONTAINER_ID.test(text))
    throw new SyntaxError(`Cannot use container id "${text}": expected 64 hex digits`)
  return text as ContainerId
}

/** Returns the 12 hex digits under which people know a container. */
export function shortId(id: ContainerId): string {
  return id.slice(0, 12)
}

/** One container of a service: a replica, whose `number` counts from 1, or a one-off, which has a slug. */
export interface ReplicaAddress {
  readonly service: string
  /** 0 of a one-off: it is none of the replicas. */
  readonly number: number
  /** What tells one-offs apart: 64 hex digits. @default it is a replica */
  readonly slug?: string | undefined
}

/** Tells whether two addresses are of one container. */
export function isSameReplica(one: ReplicaAddress, other: ReplicaAddress): boolean {
  return one.service === other.service && one.number === other.number && one.slug === other.slug
}

/** What stands between the parts of names: `-`, or `_` as docker-compose of version 1 had it. */
export type NameSeparator = '-' | '_'

/** Returns `shop-web-1`, the name of a replica that the file gives no other; `shop-web-run-0123456789ab` of a one-off. */
export function containerNameOf(
  project: ProjectName,
  { service, number, slug }: ReplicaAddress,
  separator: NameSeparator = '-',
): string {
  return [project, service, ...(slug === undefined ? [number] : ['run', slug.slice(0, 12)])].join(separator)
}

/** Returns `shop-web`, the image of a service that is built and names none. */
export function builtImageName(
  project: ProjectName,
  service: string,
  separator: NameSeparator = '-',
): string {
  return [project, service].join(separator)
}

/** Returns `web-1`, the short name of a replica inside its project; `web-run-0123456789ab` of a one-off. */
export function replicaLabel({ service, number, slug }: ReplicaAddress): string {
  return slug === undefined ? `${service}-${number}` : `${service}-run-${slug.slice(0, 12)}`
}
