import type { ContainerId, ProjectName } from '../../model/names.ts'
import type { FileMirror, MirrorRequest } from '../file-mirror.ts'
import type { MirrorRecord } from './files/mirror-record.ts'
import { containerLayout, type Roots } from './state/layout.ts'

/** What keeps files of this machine's containers the same as others. What is remembered is read once. */
export function localFileMirror(roots: Roots): FileMirror {
  const records = new Map<ContainerId, MirrorRecord>()
  const recordOf = async (project: ProjectName, container: ContainerId): Promise<MirrorRecord> => {
    const { MirrorRecord } = await import('./files/mirror-record.ts')
    const known = records.get(container)
    if (known !== undefined) return known
    const record = new MirrorRecord(`${containerLayout(roots, project, container).dataDir}/mirror`)
    records.set(container, record)
    return record
  }
  return {
    begin: async (project: ProjectName) => {
      const { beginMirrorSession } = await import('./files/begin-mirror-session.ts')
      return beginMirrorSession(roots, project)
    },
    mirror: async (project: ProjectName, container: ContainerId, request: MirrorRequest) => {
      const { mirrorIntoContainer } = await import('./files/mirror-into-container.ts')
      const record = await recordOf(project, container)
      return await mirrorIntoContainer({ roots, project, container, record }, request)
    },
    mirrored: async (project: ProjectName, container: ContainerId) => {
      const record = await recordOf(project, container)
      return record.exists ? record.paths : undefined
    },
  }
}
