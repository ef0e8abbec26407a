/** What control groups a host has. A hybrid host, with v1 controllers and an empty v2 tree, is v1. */
export type CgroupHost =
  | { readonly kind: 'v1'; readonly hierarchies: readonly V1Hierarchy[] }
  | { readonly kind: 'v2'; readonly mountPoint: string }

/** A tree of v1 control groups. */
export interface V1Hierarchy {
  readonly mountPoint: string
  /** As mounted together, e.g. `cpu` and `cpuacct`. */
  readonly controllers: readonly string[]
}

/** One container's control group. */
export interface Cgroup {
  readonly version: 1 | 2
  /** One folder in each v1 hierarchy, or the one of v2; absolute. */
  readonly folders: readonly string[]
}

/** Whose control group it is; the folder's path shows it too, which is how orphans are found. */
export interface CgroupOwner {
  /** Tells the engines of one machine apart; see `instanceTag`. */
  readonly tag: string
  readonly project: string
  /** A container's id, 12 digits at least. */
  readonly id: string
  /** The group above it, from the root of each hierarchy, e.g. `/batch`. @default a folder of the project */
  readonly parent?: string | undefined
}

/** The folder below a hierarchy's root that holds everything of tcompose. */
export const CGROUP_TOP = 'tcompose'

/** Returns a container's folder in the hierarchy mounted at `mountPoint`. */
export function cgroupFolder(mountPoint: string, { tag, project, id, parent }: CgroupOwner): string {
  const shortId = id.slice(0, 12)
  return parent === undefined
    ? `${mountPoint}/${CGROUP_TOP}/${tag}/${project}/${shortId}`
    : `${mountPoint}${parent}/${CGROUP_TOP}-${tag}-${project}-${shortId}`
}
