import { Option } from 'commander'
import { type CommandHost, defineCommand } from '../define-command.ts'
import type { PullValues } from './pull-images.ts'

/** Adds `pull`: gets the images of services. */
export function addPullCommand(host: CommandHost): void {
  const command = host.program
    .command('pull')
    .description('Pull service images')
    .argument('[service...]')
    .option('--ignore-pull-failures', 'Pull what can be pulled, and end well')
    .option('--include-deps', 'Pull the images of dependencies too')
    .addOption(
      new Option(
        '--policy <policy>',
        "Which images to pull, whatever the services' pull_policy says",
      ).choices(['missing', 'always']),
    )
    .option('-q, --quiet', 'Show no progress')
  defineCommand<PullValues>(host, command, async (context, services, values) => {
    const { pullImages } = await import('./pull-images.ts')
    return pullImages(context, services, values)
  })
}
