import { errnoNameOf } from '../../../base/errno-name-of.ts'
import { servicePath } from '../../../base/model-path.ts'
import { TcomposeError } from '../../../base/tcompose-error.ts'
import { displayPath } from '../../../disk/byte-path.ts'
import { LayeredTree } from '../../../disk/layered-tree.ts'
import type { ContainerId, ProjectName } from '../../../model/names.ts'
import { readProcessState } from '../../../runtime/keeper/process-files.ts'
import { resolveUser } from '../../../runtime/rootfs/users.ts'
import type { MirrorRequest, MirrorResult } from '../../engine.ts'
import { openContainerRoot } from '../access/container-root.ts'
import { containerImage } from '../image/container-image.ts'
import { containerLayout, projectLayout, type Roots } from '../state/layout.ts'
import { type ContainerEntry, readProjectRecord } from '../state/project-record.ts'
import { ContainerFolders, type FileOwner } from './container-folders.ts'
import { type MirrorFailure, mirrorFiles } from './mirror-files.ts'
import type { MirrorRecord } from './mirror-record.ts'

/** Where to, and what is known of it. */
export interface ContainerMirror {
  readonly roots: Roots
  readonly project: ProjectName
  readonly container: ContainerId
  readonly record: MirrorRecord
}

type Place = Omit<ContainerMirror, 'record'>

/**
 * Makes files of a container what they are on this machine. As with docker compose, they belong to the user of the
 * container; those of a container without one keep the owner that they have here.
 */
export async function mirrorIntoContainer(
  { record, ...place }: ContainerMirror,
  request: MirrorRequest,
): Promise<MirrorResult> {
  const { roots, project, container } = place
  const entry = readProjectRecord(projectLayout(roots, project).record, project).containers.get(container)
  const state = readProcessState(containerLayout(roots, project, container))
  if (entry === undefined || (state.kind !== 'running' && request.isLocked !== true))
    return { kind: 'not-running' }
  using root = await openContainerRoot(place)
  const owner = ownerIn(place, entry)
  using folders = new ContainerFolders(root.fd, owner ?? { uid: 0, gid: 0 })
  const { changed, failures } = await mirrorFiles({ folders, owner, record }, request)
  return { kind: 'mirrored', changed, failures: failures.map(failure => mirrorError(failure, entry)) }
}

function ownerIn({ roots, project, container }: Place, entry: ContainerEntry): FileOwner | undefined {
  const image = containerImage(roots, entry)
  const user = entry.spec.config.user ?? image.config.user ?? ''
  if (user === '') return undefined
  const { upper } = containerLayout(roots, project, container)
  const { uid, gid } = resolveUser({ user, groupAdd: [] }, new LayeredTree([...image.layers, upper]))
  return { uid, gid }
}

function mirrorError({ file, cause }: MirrorFailure, { spec }: ContainerEntry): TcomposeError {
  const errno = errnoNameOf(cause)
  if (errno === undefined) throw cause
  const state = STATES.get(errno)
  return new TcomposeError(
    'sync-failed',
    `Cannot copy to "${displayPath(file.target)}" in ${spec.name}: ${state?.text ?? errno}`,
    {
      origin: servicePath(spec.service, 'develop'),
      cause,
      ...(state && { hint: state.hint }),
    },
  )
}

const STATES: ReadonlyMap<string, { readonly text: string; readonly hint: string }> = new Map([
  [
    'EROFS',
    {
      text: 'its file system is read-only',
      hint: 'Remove "read_only", or mount a volume or a tmpfs at the target of the watch rule',
    },
  ],
  ['ENOSPC', { text: 'there is no space left', hint: 'Make room on the disk of the container' }],
  ['EDQUOT', { text: 'its quota is used up', hint: 'Make room on the disk of the container' }],
  [
    'ENOTDIR',
    {
      text: 'something on the way to it is no folder',
      hint: 'Change the target of the watch rule, or remove what is in the way',
    },
  ],
])
