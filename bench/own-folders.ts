import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Contestant } from './contestants.ts'
import type { MachineFolders } from './own-mounts.ts'
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

/**
 * Makes folders for a build, and starts its warm process if it has one. `mount` may give them places of their own.
 *
 * @default below the folder of temporary files, as those of the tools it is compared with
 */
export async function ownFolders(
  { program, isWarm }: Contestant,
  mount: (scratch: string) => MachineFolders | undefined = () => undefined,
): Promise<OwnFolders> {
  const scratch = mkdtempSync(join(tmpdir(), 'tcompose-bench-'))
  const folders = mount(scratch)
  const { data, run } = folders ?? { data: join(scratch, 'data'), run: join(scratch, 'run') }
  // Where no warm process is measured none may come by itself.
  const warm = isWarm ? '' : '0'
  const env = { ...process.env, TCOMPOSE_DATA: data, TCOMPOSE_RUN: run, TCOMPOSE_WARM: warm }
  if (isWarm) await runTimed({ command: [program, 'system', 'warm'], env })
  return {
    scratch,
    env,
    residentBytes: () =>
      residentBytes(({ commandLine, environment }) => commandLine.includes(run) || environment.includes(run)),
    dispose: async () => {
      if (isWarm) await runTimed({ command: [program, 'system', 'cool'], env })
      folders?.dispose()
      rmSync(scratch, { recursive: true, force: true })
    },
  }
}
