import { readdirSync } from 'node:fs'
import { setTimeout as delay } from 'node:timers/promises'
import { TcomposeError } from '../../../base/tcompose-error.ts'
import { unlessUnreadable } from '../../../disk/damaged-record.ts'
import { isPutAside, putAside } from '../../../disk/put-aside.ts'
import { removeTree } from '../../../disk/remove-tree.ts'
import type { ProjectName } from '../../../model/names.ts'
import type { ClearedProject, Orphan } from '../../engine.ts'
import { releaseLayers } from '../quota/layer-quota.ts'
import { type ProjectLayout, projectLayout, type Roots } from '../state/layout.ts'
import { readProjectRecord } from '../state/project-record.ts'
import { releaseOwners } from '../user-namespace/container-owners.ts'
import { endProcesses } from './end-processes.ts'
import { type FoundOrphan, findAllOf } from './find-orphans.ts'

const TRIES = 100
const RETRY_MS = 20

/**
 * Removes what a project has whose record cannot be read: its keeper with all processes, then what is found in the kernel
 * and on disk by its name. Volumes stay. The record is put aside last, so that a clearing that was cut short is known to
 * be none. The caller holds the project's lock.
 *
 * @throws {TcomposeError} `locked` if the record can be read by now.
 */
export async function clearProject(roots: Roots, project: ProjectName): Promise<ClearedProject> {
  const layout = projectLayout(roots, project)
  requireDamaged(layout, project)
  await endProcesses(layout)
  const orphans: Orphan[] = []
  for (const { remove, ...orphan } of findAllOf(roots, project)) {
    orphans.push({ ...orphan, removed: await removesIt(remove) })
  }
  const names = readdirSync(layout.runDir).filter(name => layout.lock !== `${layout.runDir}/${name}`)
  for (const name of names) await removeTree(`${layout.runDir}/${name}`)
  if (orphans.some(({ removed }) => !removed)) return { orphans, aside: undefined }
  const left = readdirSync(layout.dataDir).filter(name => !isRecord(name))
  for (const name of left) await removeTree(`${layout.dataDir}/${name}`)
  releaseLayers(roots, { project })
  releaseOwners(roots, { project })
  return { orphans, aside: putAside(layout.record) }
}

/** A command that had the lock before may have put the record aside and made another. */
function requireDamaged({ record }: ProjectLayout, project: ProjectName): void {
  if (unlessUnreadable(() => readProjectRecord(record, project)) === undefined) return
  throw new TcomposeError(
    'locked',
    `Cannot clear project ${project}: another command has repaired its record`,
    {
      hint: 'Run the command again',
    },
  )
}

function isRecord(name: string): boolean {
  return name === 'project.json' || isPutAside(name)
}

/** The kernel takes its time to end processes that were killed; a control group cannot go before. */
async function removesIt(remove: FoundOrphan['remove']): Promise<boolean> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      await remove()
      return true
    } catch {
      if (attempt === TRIES) return false
      await delay(RETRY_MS)
    }
  }
}
