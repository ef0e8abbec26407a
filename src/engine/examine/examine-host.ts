import { TcomposeError } from '../../base/tcompose-error.ts'
import type { Examination } from '../engine.ts'
import type { EnginePrograms } from '../engine-programs.ts'
import type { Roots } from '../state/layout.ts'
import { checkHost } from './check-host.ts'
import { findStrays } from './find-strays.ts'

export interface ExamineRequest {
  readonly roots: Roots
  readonly programs: EnginePrograms
  /** Remove the strays that are found. */
  readonly fix: boolean
}

/**
 * Returns what the machine offers, and what of this engine is there that no record speaks of.
 *
 * @throws {TcomposeError} `not-root` if another user asks to remove strays.
 */
export async function examineHost({ roots, programs, fix }: ExamineRequest): Promise<Examination> {
  const isRoot = process.getuid?.() === 0
  if (fix && !isRoot) throw notRoot()
  const checks = checkHost(roots, programs)
  if (!isRoot) return { checks, strays: undefined }
  const strays = []
  for (const stray of findStrays(roots)) {
    const { kind, name, project } = stray
    const removed = fix && (await succeeds(stray.remove))
    strays.push({ kind, name, project, removed })
  }
  return { checks, strays }
}

function notRoot(): TcomposeError {
  return new TcomposeError('not-root', 'Cannot remove strays: this process is not root, expected root', {
    hint: 'Run the command again with sudo',
  })
}

/** A stray that resists, such as a folder in use, is told as not removed. */
async function succeeds(remove: () => Promise<void>): Promise<boolean> {
  try {
    await remove()
    return true
  } catch {
    return false
  }
}
