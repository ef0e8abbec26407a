import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'
import type { ProjectName } from '../../../model/names.ts'
import type { Roots } from '../state/layout.ts'

/** Whose one-offs to remove, and by which build. */
export interface SweepTarget {
  readonly roots: Roots
  readonly project: ProjectName
  /** The script of this supervisor: the command is found beside it. */
  readonly script: string
}

/**
 * Starts a command that removes the one-offs of a project that have ended and were to go. It takes the project's lock like
 * any other, and outlives the supervisor, which ends with the last container.
 */
export function spawnSweep({ roots, project, script }: SweepTarget): void {
  const command = join(dirname(script), '..', 'bin', 'tcompose')
  if (!existsSync(command)) return
  const { PATH } = process.env
  const child = spawn(command, ['-p', project, '--progress', 'quiet', 'system', 'sweep'], {
    cwd: '/',
    env: {
      ...(PATH !== undefined && { PATH }),
      TCOMPOSE_DATA: roots.data,
      TCOMPOSE_RUN: roots.run,
      TCOMPOSE_WARM: '0',
    },
    stdio: ['ignore', 'ignore', 'inherit'],
    detached: true,
  })
  // That it cannot be started leaves the removal to the next command.
  child.on('error', () => {})
  child.unref()
}
