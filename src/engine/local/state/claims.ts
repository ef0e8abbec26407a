import { mkdirSync, readdirSync, readlinkSync, symlinkSync, unlinkSync } from 'node:fs'
import { join } from 'node:path'
import { errnoNameOf } from '../../../base/errno-name-of.ts'
import type { ContainerId, ProjectName } from '../../../model/names.ts'
import type { Roots } from './layout.ts'

/** What containers of all projects have one each of: projects of the file system, ids of the host. */
export type ClaimPool = 'quotas' | 'owners'

/** The container that claims something. */
export interface ClaimOwner {
  readonly project: ProjectName
  readonly id: ContainerId
}

/** Something that belongs to a container. */
export interface Claim {
  readonly name: string
  /** The link that says so. */
  readonly path: string
}

/**
 * Claims the first of `names` that no container has; undefined if each has one. A claim is a link from the name to the
 * container: it is made in one step, and one process alone can make it. The container is on record before, so a claim of
 * a process that was killed is found by whoever removes the container.
 */
export function claim(
  { data }: Roots,
  { pool, owner: { project, id } }: { readonly pool: ClaimPool; readonly owner: ClaimOwner },
  names: Iterable<string>,
): Claim | undefined {
  const folder = join(data, pool)
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  for (const name of names) {
    const path = join(folder, name)
    if (makeLink(`${project}/${id}`, path)) return { name, path }
  }
  return undefined
}

/** Returns the claims of one container, or of all containers of a project. */
export function claimsOf(
  { data }: Roots,
  pool: ClaimPool,
  { project, id }: Pick<ClaimOwner, 'project'> & Partial<ClaimOwner>,
): readonly Claim[] {
  const folder = join(data, pool)
  return namesIn(folder)
    .map(name => ({ name, path: join(folder, name) }))
    .filter(({ path }) => {
      const owner = ownerOf(path)
      return id === undefined ? owner?.startsWith(`${project}/`) : owner === `${project}/${id}`
    })
}

/** Gives a claim back. */
export function dropClaim({ path }: Claim): void {
  unlinkSync(path)
}

function makeLink(text: string, path: string): boolean {
  try {
    symlinkSync(text, path)
    return true
  } catch (error) {
    if (errnoNameOf(error) === 'EEXIST') return false
    throw error
  }
}

function namesIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder)
  } catch (error) {
    if (errnoNameOf(error) === 'ENOENT') return []
    throw error
  }
}

/** Another process may drop its claim at any moment. */
function ownerOf(path: string): string | undefined {
  try {
    return readlinkSync(path)
  } catch {
    return undefined
  }
}
