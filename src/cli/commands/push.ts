import { push } from '../../app/push.ts'
import { type CommandDefinition, defineCommand } from '../define-command.ts'
import { runWithProgress } from '../run-with-progress.ts'

interface Values {
  readonly ignorePushFailures?: boolean
  readonly includeDeps?: boolean
  readonly quiet?: boolean
}

/**
 * `push`: pushes the images of services. Failures are errors, or warnings where they are to be ignored. With no service
 * named docker compose pushes those that are built, so that an image that came from a registry is not pushed back to it
 * by accident.
 */
export const command: CommandDefinition = defineCommand<Values>({
  describe: pushCommand =>
    pushCommand
      .description('Push service images')
      .argument('[service...]')
      .option('--ignore-push-failures', 'Push what it can; exit 0 even if some fail')
      .option('--include-deps', 'Push the images of dependencies too')
      .option('-q, --quiet', 'Show no progress'),
  examples: [
    ['tcompose push', 'push the images that are built'],
    ['tcompose push --include-deps web', 'one service, and what it depends on'],
  ],
  dryRun: 'plans',
  run: async (context, services, { ignorePushFailures = false, includeDeps = false, quiet = false }) => {
    const { ports, request } = context
    const settings = quiet ? { ...context.settings, progress: 'quiet' as const } : context.settings
    const options = { services, includeDeps }
    let isIdle = false
    const exitCode = await runWithProgress(
      { ...context, settings },
      {
        title: 'push',
        toleratesFailures: ignorePushFailures,
        run: async hooks => {
          const result = await ports.call(push, { request, options, hooks })
          isIdle = result.kind === 'ran' && result.plan.steps.length === 0
          return result
        },
      },
    )
    if (isIdle && services.length === 0)
      ports.stderr.write('No images to push: name the services whose images are not built here\n')
    return exitCode
  },
})
