import { join } from 'node:path'
import type { ProjectName } from '../../../model/names.ts'
import type { KeeperConnection } from '../../../runtime/keeper/keeper-connection.ts'
import type { EnginePrograms } from '../host/engine-programs.ts'
import type { ProjectLayout, Roots } from '../state/layout.ts'

export interface Supervision {
  readonly roots: Roots
  readonly programs: EnginePrograms
  readonly project: ProjectName
  readonly layout: ProjectLayout
}

/** Environment of the supervisor: what it needs to find its resolver settings and nothing of the user's. */
const ENVIRONMENT: readonly string[] = [
  'PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
  'LANG=C.UTF-8',
]

/** Has the keeper run the project's supervisor, and again whenever it dies. A running one continues. */
export async function superviseProject(
  keeper: KeeperConnection,
  { roots, programs, project, layout }: Supervision,
): Promise<void> {
  const argv = [...programs.supervisor, '--data', roots.data, '--run', roots.run, '--project', project]
  await keeper.supervise(
    [
      {
        op: { op: 'exec', candidates: argv.slice(0, 1), argv, environment: ENVIRONMENT },
        purpose: 'start the supervisor',
        optional: false,
        origin: undefined,
      },
    ],
    join(layout.runDir, 'supervisor.log'),
  )
}
