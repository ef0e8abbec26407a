import type { RunResult } from '../../app/index.ts'
import type { CommandContext } from '../command-context.ts'
import { EXIT } from '../exit-codes.ts'
import { runWithProgress } from '../run-with-progress.ts'

export interface PullValues {
  readonly ignorePullFailures?: boolean
  readonly includeDeps?: boolean
  readonly policy: 'missing' | 'always'
  readonly quiet?: boolean
}

/** Gets images with progress. Failures are shown in any case; the exit code tells of them unless they are ignored. */
export async function pullImages(
  context: CommandContext,
  services: readonly string[],
  { ignorePullFailures, includeDeps = false, policy, quiet }: PullValues,
): Promise<number> {
  const settings = quiet ? { ...context.settings, progress: 'quiet' as const } : context.settings
  let ended: RunResult['kind'] | undefined
  const exitCode = await runWithProgress(
    { ...context, settings },
    {
      title: 'pull',
      run: async (app, hooks) => {
        const result = await app.pull(context.request, { services, includeDeps, policy }, hooks)
        ended = result.kind
        return result
      },
    },
  )
  return ignorePullFailures && ended === 'ran' && exitCode === EXIT.failed ? EXIT.done : exitCode
}
