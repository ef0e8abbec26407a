import { closeSync, openSync } from 'node:fs'
import type { Bytes } from '../../../base/bytes.ts'
import { SystemCallError } from '../../../linux/libc.ts'
import { assignProject, isProjectUsed, limitProject } from '../../../linux/project-quota.ts'
import { containerLayout, type Roots } from '../state/layout.ts'
import { type ClaimedNumber, claimNumber, claimsOf, dropClaim, type LayerOwner } from './number-claims.ts'

/**
 * Limits what the writable layer of a container may hold, also what the overlay keeps beside it while it works: a file
 * cannot be moved from one project into another. Doing it twice is no failure. The folders exist and are empty, or were
 * limited before.
 *
 * @throws {SystemCallError} If the file system has no project quotas.
 */
export function limitLayer(roots: Roots, owner: LayerOwner, size: Bytes): void {
  const { upper, work } = containerLayout(roots, owner.project, owner.id)
  withFolder(upper, fd => {
    const [known] = claimsOf(roots, owner)
    const { number } = known ?? claimNumber(roots, owner, candidate => isProjectUsed(fd, candidate))
    limitProject(fd, number, size)
    assignProject(fd, number)
    withFolder(work, other => assignProject(other, number))
  })
}

/** Gives back the numbers of a container whose files are gone, or of all containers of a project. */
export function releaseLayers(roots: Roots, owner: Pick<LayerOwner, 'project'> & Partial<LayerOwner>): void {
  for (const claim of claimsOf(roots, owner)) releaseLayer(roots, claim)
}

/** The limit goes first: a number without a claim is one that has neither limit nor files. */
function releaseLayer(roots: Roots, claim: ClaimedNumber): void {
  try {
    withFolder(roots.data, fd => limitProject(fd, claim.number, 0))
  } catch (error) {
    // A file system that is mounted without quotas now has no limit to take back.
    if (!(error instanceof SystemCallError)) throw error
  }
  dropClaim(claim)
}

function withFolder(path: string, use: (fd: number) => void): void {
  const fd = openSync(path, 'r')
  try {
    use(fd)
  } finally {
    closeSync(fd)
  }
}
