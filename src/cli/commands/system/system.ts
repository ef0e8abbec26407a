import { Option } from 'commander'
import { type CommandHost, defineCommand } from '../../define-command.ts'
import { listOption } from '../../options/global-options.ts'
import type { SystemPruneValues } from './prune-system.ts'
import type { UsageValues } from './show-usage.ts'

/** Adds `system` and what is below it: what tcompose takes up on this machine. */
export function addSystemCommand(host: CommandHost): void {
  const system = host.program
    .command('system')
    .helpCommand(false)
    .description('Show and free what tcompose takes up on the disk')
  const usage = system
    .command('df')
    .description('Show what images, containers and volumes take up')
    .addOption(new Option('--format <format>', 'Output format').choices(['table', 'json']).default('table'))
    .option('-v, --verbose', 'Show each image, container and volume')
  defineCommand<UsageValues>(host, usage, async (context, _args, values) => {
    const { showUsage } = await import('./show-usage.ts')
    return showUsage(context, values)
  })
  const prune = system
    .command('prune')
    .description('Remove images and leftovers that nothing needs')
    .option('-a, --all', 'Remove all images that no container needs, and with --volumes named volumes too')
    .addOption(listOption('--filter <filter>', 'Remove images made until=TIME'))
    .option('-f, --force', 'Do not ask')
    .option('--volumes', 'Remove anonymous volumes that no project needs')
  defineCommand<SystemPruneValues>(host, prune, async (context, _args, values) => {
    const { pruneSystem } = await import('./prune-system.ts')
    return pruneSystem(context, values)
  })
}
