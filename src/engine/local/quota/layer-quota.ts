import { closeSync, openSync } from 'node:fs'
import type { Bytes } from '../../../base/bytes.ts'
import { SystemCallError } from '../../../linux/libc.ts'
import { assignProject, isProjectUsed, limitProject } from '../../../linux/project-quota.ts'
import { type Claim, type ClaimOwner, claimsOf, dropClaim } from '../state/claims.ts'
import { containerLayout, type Roots } from '../state/layout.ts'
import { claimNumber } from './number-claims.ts'

/**
 * Limits what the writable layer of a container may hold, also what the overlay keeps beside it while it works: a file
 * cannot be moved from one project into another. Doing it twice is no failure. The folders exist and are empty, or were
 * limited before.
 *
 * @throws {SystemCallError} If the file system has no project quotas.
 */
export function limitLayer(roots: Roots, owner: ClaimOwner, size: Bytes): void {
  const { upper, work } = containerLayout(roots, owner.project, owner.id)
  withFolder(upper, fd => {
    const [known] = claimsOf(roots, 'quotas', owner)
    const { name } = known ?? claimNumber(roots, owner, candidate => isProjectUsed(fd, candidate))
    const project = Number(name)
    limitProject(fd, project, size)
    assignProject(fd, project)
    withFolder(work, other => assignProject(other, project))
  })
}

/** Gives back the projects of a container whose files are gone, or of all containers of a project. */
export function releaseLayers(roots: Roots, owner: Pick<ClaimOwner, 'project'> & Partial<ClaimOwner>): void {
  for (const claimed of claimsOf(roots, 'quotas', owner)) releaseLayer(roots, claimed)
}

/** The limit goes first: a number without a claim is one that has neither limit nor files. */
function releaseLayer(roots: Roots, claimed: Claim): void {
  try {
    withFolder(roots.data, fd => limitProject(fd, Number(claimed.name), 0))
  } catch (error) {
    // A file system that is mounted without quotas now has no limit to take back.
    if (!(error instanceof SystemCallError)) throw error
  }
  dropClaim(claimed)
}

function withFolder(path: string, use: (fd: number) => void): void {
  const fd = openSync(path, 'r')
  try {
    use(fd)
  } finally {
    closeSync(fd)
  }
}
