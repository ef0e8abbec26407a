import { join } from 'node:path'
import { servicePath } from '../../../base/model-path.ts'
import { TcomposeError } from '../../../base/tcompose-error.ts'
import { readIfPresent } from '../../../disk/record-file.ts'
import type { IdMapping, OwnerMaps } from '../../../model/id-mapping.ts'
import type { ContainerId, ProjectName } from '../../../model/names.ts'
import type { Service } from '../../../model/service.ts'
import { type ClaimOwner, claim, claimsOf, dropClaim } from '../state/claims.ts'
import type { Roots } from '../state/layout.ts'
import { BLOCK_SIZE, RANGE_OWNER, subordinateBlocks, suggestedLine } from './subordinate-blocks.ts'

type Namespaced = Pick<Service, 'name' | 'userns'>

/** Where containers of a project get ids of the host. */
export interface OwnerPlace {
  readonly roots: Roots
  readonly project: ProjectName
  readonly host: { readonly idFolder: string }
}

/** Returns why a service cannot have a user namespace of its own; undefined if it can, or wants none. */
export function ownersProblem({ name, userns }: Namespaced, idFolder: string): TcomposeError | undefined {
  if (userns === undefined) return undefined
  const texts = readTexts(idFolder)
  if (subordinateBlocks(...texts).length > 0) return undefined
  const [subuid, subgid] = filesIn(idFolder)
  return new TcomposeError(
    'missing-kernel-feature',
    `Cannot give service "${name}" a user namespace: "${RANGE_OWNER}" has no ${BLOCK_SIZE} ids in ${subuid} and ${subgid}`,
    {
      hint: `Add the line "${suggestedLine(...texts)}" to both files`,
      origin: servicePath(name, 'userns_mode'),
    },
  )
}

/**
 * Gives a container ids of the host that no other container has, where its service asks for a user namespace. Doing it twice
 * is no failure.
 *
 * @throws {TcomposeError} `missing-kernel-feature` if there are none left.
 */
export function claimOwners(
  { roots, project, host }: OwnerPlace,
  id: ContainerId,
  service: Namespaced,
): void {
  const { name, userns } = service
  const owner = { project, id }
  if (userns === undefined || claimsOf(roots, 'owners', owner).length > 0) return
  const problem = ownersProblem(service, host.idFolder)
  if (problem !== undefined) throw problem
  const blocks = subordinateBlocks(...readTexts(host.idFolder))
  const names = blocks.map(({ uid, gid }) => `${uid}-${gid}`)
  if (claim(roots, { pool: 'owners', owner }, names) !== undefined) return
  throw new TcomposeError(
    'missing-kernel-feature',
    `Cannot give service "${name}" a user namespace: other containers have all ids of "${RANGE_OWNER}"`,
    {
      hint: `Give it more in ${filesIn(host.idFolder).join(' and ')}: each container takes ${BLOCK_SIZE}`,
      origin: servicePath(name, 'userns_mode'),
    },
  )
}

/**
 * Returns which ids of the host those of a container are; undefined without a user namespace of its own.
 *
 * @throws {TcomposeError} `state-corrupt` if nobody has claimed any for it.
 */
export function containerOwners(
  roots: Roots,
  owner: ClaimOwner,
  { name, userns }: Namespaced,
): OwnerMaps | undefined {
  if (userns === undefined) return undefined
  const [claimed] = claimsOf(roots, 'owners', owner)
  const [, uid, gid] = /^(\d+)-(\d+)$/.exec(claimed?.name ?? '') ?? []
  if (uid === undefined || gid === undefined) {
    const message = `Cannot find the ids of a container of service "${name}": the record in "${roots.data}/owners" is lost`
    throw new TcomposeError('state-corrupt', message, { hint: 'Run "tcompose up --force-recreate"' })
  }
  const { size, keep } = userns
  return {
    uidMappings: mappingsOf({ first: Number(uid), size }, { inside: keep?.uid, outside: keep?.caller?.uid }),
    gidMappings: mappingsOf({ first: Number(gid), size }, { inside: keep?.gid, outside: keep?.caller?.gid }),
  }
}

interface Block {
  /** Of the host. */
  readonly first: number
  readonly size: number
}

/** An id of the container, and of the host, that are the same user or group. */
interface Kept {
  readonly inside: number | undefined
  readonly outside: number | undefined
}

/** Returns the mappings of a block, with the id that is kept in the place of the block's. */
function mappingsOf({ first, size }: Block, { inside, outside }: Kept): readonly IdMapping[] {
  const whole = { containerID: 0, hostID: first, size }
  if (inside === undefined || outside === undefined) return [whole]
  const kept = { containerID: inside, hostID: outside, size: 1 }
  if (inside >= size) return [whole, kept]
  const after = inside + 1
  return [
    { ...whole, size: inside },
    kept,
    { containerID: after, hostID: first + after, size: size - after },
  ].filter(mapping => mapping.size > 0)
}

/** Returns which user of the host root of a container is; undefined if that is root, too. */
export function containerRoot(
  roots: Roots,
  owner: ClaimOwner,
  service: Namespaced,
): { readonly uid: number; readonly gid: number } | undefined {
  const maps = containerOwners(roots, owner, service)
  const [uids] = maps?.uidMappings ?? []
  const [gids] = maps?.gidMappings ?? []
  return uids === undefined || gids === undefined ? undefined : { uid: uids.hostID, gid: gids.hostID }
}

/** Gives back the ids of a container whose files are gone, or of all containers of a project. */
export function releaseOwners(roots: Roots, owner: Pick<ClaimOwner, 'project'> & Partial<ClaimOwner>): void {
  for (const claimed of claimsOf(roots, 'owners', owner)) dropClaim(claimed)
}

function filesIn(folder: string): readonly [subuid: string, subgid: string] {
  return [join(folder, 'subuid'), join(folder, 'subgid')]
}

function readTexts(folder: string): readonly [subuid: string, subgid: string] {
  const [subuid, subgid] = filesIn(folder)
  return [readIfPresent(subuid) ?? '', readIfPresent(subgid) ?? '']
}
