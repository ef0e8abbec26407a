import { basename, join } from 'node:path'
import { isUnreadable } from '../../../base/is-unreadable.ts'
import type { TcomposeError } from '../../../base/tcompose-error.ts'
import { namesIn } from '../../../disk/names-in.ts'
import { readRecord } from '../../../disk/record-file.ts'
import type { ProjectName } from '../../../model/names.ts'
import { requireSoundIndex } from '../../../store/images/image-index.ts'
import { imageFolders, listImageRecords, listReferenceRecords } from '../../../store/images/image-record.ts'
import type { Roots } from '../state/layout.ts'
import { requireSoundLiveRecord } from '../state/live-files.ts'
import { readProjects } from '../state/read-projects.ts'
import { listVolumes } from '../volume/list-volumes.ts'
import { volumeLayout } from '../volume/volume-layout.ts'
import { readVolumeRecord } from '../volume/volume-record.ts'

/** A record that is not what tcompose wrote. */
export interface FoundDamage {
  readonly path: string
  /** The message of the error that a command meets. */
  readonly reason: string
  /** Set for the record of a project. */
  readonly project: ProjectName | undefined
}

/** Reads every record that there is, and returns those that are damaged. One of a later version is none of them. */
export function findDamaged(roots: Roots): readonly FoundDamage[] {
  const { images } = imageFolders(roots)
  return [
    ...readProjects(roots).unreadable.flatMap(({ project, path, error }) => damageOf(path, error, project)),
    ...liveFiles(roots).flatMap(path => attempt(path, () => readLiveFile(path))),
    ...listVolumes(roots).flatMap(name =>
      attempt(volumeLayout(roots, name).record, () => readVolumeRecord(roots, name)),
    ),
    ...attempt(join(images, 'index.json'), () => requireSoundIndex(roots)),
    ...listImageRecords(roots).unreadable.flatMap(({ path, error }) => damageOf(path, error)),
    ...listReferenceRecords(roots).unreadable.flatMap(({ path, error }) => damageOf(path, error)),
  ]
}

function attempt(path: string, read: () => unknown): readonly FoundDamage[] {
  try {
    read()
    return []
  } catch (error) {
    if (!isUnreadable(error)) throw error
    return damageOf(path, error)
  }
}

function damageOf(path: string, error: TcomposeError, project?: ProjectName): readonly FoundDamage[] {
  return error.code === 'state-corrupt' ? [{ path, reason: error.message, project }] : []
}

/** Records of containers in the run folder. */
function liveFiles(roots: Roots): readonly string[] {
  const projects = join(roots.run, 'projects')
  return namesIn(projects).flatMap(project => {
    const containers = join(projects, project, 'containers')
    return namesIn(containers).flatMap(id => LIVE_FILES.map(name => join(containers, id, name)))
  })
}

const LIVE_FILES: readonly string[] = ['live.json', 'health.json', 'restarts.json']

function readLiveFile(path: string): void {
  if (basename(path) === 'live.json') requireSoundLiveRecord(path)
  else readRecord(path, 1)
}
