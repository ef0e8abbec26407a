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

/** One replica of a service; `number` counts from 1. */
export interface ReplicaAddress {
  readonly service: string
  readonly number: number
}

/** What stands between the parts of names: `-`, or `_` as docker-compose of version 1 had it. */
export type NameSeparator = '-' | '_'

/** Returns `shop-web-1`, the name of a replica that the file gives no other. */
export function containerNameOf(
  project: ProjectName,
  { service, number }: ReplicaAddress,
  separator: NameSeparator = '-',
): string {
  return [project, service, number].join(separator)
}

/** Returns `shop-web`, the image of a service that is built and names none. */
export function builtImageName(
  project: ProjectName,
  service: string,
  separator: NameSeparator = '-',
): string {
  return [project, service].join(separator)
}

/** Returns `web-1`, the short name of a replica inside its project. */
export function replicaLabel({ service, number }: ReplicaAddress): string {
  return `${service}-${number}`
}
