import type { CommandContext } from '../command-context.ts'
import { runWithProgress } from '../run-with-progress.ts'

export interface PullValues {
  readonly ignorePullFailures?: boolean
  readonly includeDeps?: boolean
  readonly policy?: 'missing' | 'always'
  readonly quiet?: boolean
}

/** Gets images with progress. Failures are errors, or warnings where they are to be ignored. */
export async function pullImages(
  context: CommandContext,
  services: readonly string[],
  { ignorePullFailures = false, includeDeps = false, policy, quiet = false }: PullValues,
): Promise<number> {
  const settings = quiet ? { ...context.settings, progress: 'quiet' as const } : context.settings
  return await runWithProgress(
    { ...context, settings },
    {
      title: 'pull',
      toleratesFailures: ignorePullFailures,
      run: (app, hooks) => app.pull(context.request, { services, includeDeps, policy }, hooks),
    },
  )
}
