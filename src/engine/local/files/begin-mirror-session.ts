import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { TcomposeError } from '../../../base/tcompose-error.ts'
import { tryLock } from '../../../disk/flock.ts'
import { makePrivateFolder } from '../../../disk/record-file.ts'
import type { ProjectName } from '../../../model/names.ts'
import type { Roots } from '../state/layout.ts'

/**
 * Begins the one session of a project in which files are mirrored.
 *
 * @throws {TcomposeError} `watch-running` while another process has one.
 */
export function beginMirrorSession({ run }: Roots, project: ProjectName): AsyncDisposable {
  const folder = join(run, 'watches')
  const path = join(folder, `${project}.lock`)
  makePrivateFolder(folder)
  const lock = tryLock(path)
  if (lock === undefined) throw isRunning(project, path)
  writeFileSync(path, `${process.pid}`, { mode: 0o600 })
  return {
    [Symbol.asyncDispose]: async () => {
      // While the lock is held: who comes next makes a file of its own.
      rmSync(path, { force: true })
      lock[Symbol.dispose]()
    },
  }
}

function isRunning(project: ProjectName, path: string): TcomposeError {
  const [pid = ''] = /^\d+$/.exec(readFileSync(path, 'utf8')) ?? []
  return new TcomposeError(
    'watch-running',
    `Cannot watch project "${project}": ${pid === '' ? 'another process' : `process ${pid}`} watches it already`,
    { hint: 'End the other one with Ctrl-C, or use it' },
  )
}
