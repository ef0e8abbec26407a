import type { CommandContext } from '../command-context.ts'
import { runWithProgress } from '../run-with-progress.ts'
import { UsageError } from '../usage-error.ts'

/** The options of `push`. */
export interface PushValues {
  readonly ignorePushFailures?: boolean
  readonly includeDeps?: boolean
  readonly quiet?: boolean
}

/**
 * Pushes with progress. Failures are errors, or warnings where they are to be ignored. With no service named it would be
 * those that are built, as docker compose has it: an image that came from a registry is not given back to it by accident.
 *
 * @throws {UsageError} If no service is named.
 */
export async function pushImages(
  context: CommandContext,
  services: readonly string[],
  { ignorePushFailures = false, includeDeps = false, quiet = false }: PushValues,
): Promise<number> {
  if (services.length === 0) {
    throw new UsageError(
      'no service is named, and none is built here',
      'Name the services whose images to push',
    )
  }
  const settings = quiet ? { ...context.settings, progress: 'quiet' as const } : context.settings
  return await runWithProgress(
    { ...context, settings },
    {
      title: 'push',
      toleratesFailures: ignorePushFailures,
      run: (app, hooks) => app.push(context.request, { services, includeDeps }, hooks),
    },
  )
}
