import { Option } from 'commander'
import { type CommandHost, defineCommand } from '../define-command.ts'
import { listOption } from '../options/global-options.ts'
import type { LsValues } from './list-projects.ts'

/** Adds `ls`: lists the projects of this machine. */
export function addLsCommand(host: CommandHost): void {
  const command = host.program
    .command('ls')
    .description('List projects')
    .option('-a, --all', 'Show projects of which nothing runs too')
    .addOption(new Option('--format <format>', 'Output format').choices(['table', 'json']).default('table'))
    .addOption(listOption('--filter <name=pattern>', 'Show projects whose name matches'))
    .option('-q, --quiet', 'Show names only')
  defineCommand<LsValues>(host, command, async (context, _args, values) => {
    const { listProjects } = await import('./list-projects.ts')
    return listProjects(context, values)
  })
}
