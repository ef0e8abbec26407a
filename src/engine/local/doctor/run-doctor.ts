import { TcomposeError } from '../../../base/tcompose-error.ts'
import { putAside } from '../../../disk/put-aside.ts'
import type { ProjectName } from '../../../model/names.ts'
import type { ClearedProject, DamagedRecord, Examination, Orphan } from '../../engine.ts'
import type { DeviceSources } from '../host/device-sources.ts'
import type { EnginePrograms } from '../host/engine-programs.ts'
import { projectLayout, type Roots } from '../state/layout.ts'
import { lockProject } from '../state/project-lock.ts'
import { checkHost } from './check-host.ts'
import { clearProject } from './clear-project.ts'
import { findDamaged } from './find-damaged.ts'
import { findOrphans } from './find-orphans.ts'

export interface ExamineRequest {
  readonly roots: Roots
  readonly programs: EnginePrograms
  readonly deviceSources: DeviceSources
  /** Put damaged records aside, and remove the orphans that are found. */
  readonly fix: boolean
}

/**
 * Returns what the machine offers, which records are damaged, and what of this engine exists that no record describes.
 *
 * @throws {TcomposeError} `not-root` if another user asks to remove orphans.
 */
export async function examineHost({
  roots,
  programs,
  deviceSources,
  fix,
}: ExamineRequest): Promise<Examination> {
  const isRoot = process.getuid?.() === 0
  if (fix && !isRoot) throw notRoot()
  const checks = checkHost(roots, programs, deviceSources)
  if (!isRoot) return { checks, damaged: undefined, orphans: undefined }
  const damaged: DamagedRecord[] = []
  const orphans: Orphan[] = []
  for (const { path, reason, project } of findDamaged(roots)) {
    const cleared = fix ? await mend(roots, path, project) : NOTHING_DONE
    damaged.push({ path, reason, project, aside: cleared.aside })
    orphans.push(...cleared.orphans)
  }
  for (const orphan of findOrphans(roots)) {
    const { name, project } = orphan
    const removed = fix && (await succeeds(orphan.remove))
    orphans.push({ name, project, removed })
  }
  return { checks, damaged, orphans }
}

const NOTHING_DONE: ClearedProject = { orphans: [], aside: undefined }

/** What is known of a project is lost with its record; any other record is made again when it is needed. */
async function mend(roots: Roots, path: string, project: ProjectName | undefined): Promise<ClearedProject> {
  try {
    if (project === undefined) return { orphans: [], aside: putAside(path) }
    const { signal } = new AbortController()
    using _lock = await lockProject(projectLayout(roots, project), {
      command: 'doctor --fix',
      signal,
      onWait: () => {},
    })
    return await clearProject(roots, project)
  } catch {
    // Reported as left where it is.
    return NOTHING_DONE
  }
}

function notRoot(): TcomposeError {
  return new TcomposeError('not-root', 'Cannot remove orphans: tcompose must be run as root', {
    hint: 'Run the command again with sudo',
  })
}

/** An orphan that cannot be removed, such as a folder in use, is reported as not removed. */
async function succeeds(remove: () => Promise<void>): Promise<boolean> {
  try {
    await remove()
    return true
  } catch {
    return false
  }
}
