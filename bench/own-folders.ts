import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Contestant } from './contestants.ts'
import { residentBytes } from './resident-bytes.ts'
import { runTimed } from './run-timed.ts'

/** The data and run folders of a build of tcompose, and the environment that names them. */
export interface OwnFolders {
  /** For projects. */
  readonly scratch: string
  readonly env: NodeJS.ProcessEnv
  /** Returns the resident memory of all its processes. */
  readonly residentBytes: () => number
  readonly dispose: () => Promise<void>
}

/** Makes folders for a build, and starts its warm process if it has one. */
export async function ownFolders({ program, isWarm }: Contestant): Promise<OwnFolders> {
  const scratch = mkdtempSync(join(tmpdir(), 'tcompose-bench-'))
  const run = join(scratch, 'run')
  const env = { ...process.env, TCOMPOSE_DATA: join(scratch, 'data'), TCOMPOSE_RUN: run }
  if (isWarm) await runTimed({ command: [program, 'system', 'warm'], env })
  return {
    scratch,
    env,
    residentBytes: () =>
      residentBytes(({ commandLine, environment }) => commandLine.includes(run) || environment.includes(run)),
    dispose: async () => {
      if (isWarm) await runTimed({ command: [program, 'system', 'cool'], env })
      rmSync(scratch, { recursive: true, force: true })
    },
  }
}
