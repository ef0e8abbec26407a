import { Option } from 'commander'
import { pull } from '../../app/pull.ts'
import { type CommandDefinition, defineCommand } from '../define-command.ts'
import { runWithProgress } from '../run-with-progress.ts'

interface Values {
  readonly ignoreBuildable?: boolean
  readonly ignorePullFailures?: boolean
  readonly includeDeps?: boolean
  readonly policy?: 'missing' | 'always'
  readonly quiet?: boolean
}

/** `pull`: pulls the images of services. Failures are errors, or warnings where they are to be ignored. */
export const command: CommandDefinition = defineCommand<Values>({
  describe: pullCommand =>
    pullCommand
      .description('Pull service images')
      .argument('[service...]')
      .option('--ignore-buildable', 'Leave images that can be built')
      .option('--ignore-pull-failures', 'Pull what it can; exit 0 even if some fail')
      .option('--include-deps', 'Pull the images of dependencies too')
      .addOption(
        new Option('--policy <policy>', "Which images to pull; overrides the services' pull_policy").choices([
          'missing',
          'always',
        ]),
      )
      .option('-q, --quiet', 'Show no progress'),
  examples: [
    ['tcompose pull', 'fetch what the names of images mean now'],
    ['tcompose pull --policy missing', 'only images that are not there'],
  ],
  dryRun: 'plans',
  run: (context, services, values) => {
    const {
      ignoreBuildable = false,
      ignorePullFailures = false,
      includeDeps = false,
      policy,
      quiet = false,
    } = values
    const { ports, request } = context
    const settings = quiet ? { ...context.settings, progress: 'quiet' as const } : context.settings
    const options = { services, includeDeps, policy, ignoreBuildable }
    return runWithProgress(
      { ...context, settings },
      {
        title: 'pull',
        toleratesFailures: ignorePullFailures,
        run: hooks => ports.call(pull, { request, options, hooks }),
      },
    )
  },
})
