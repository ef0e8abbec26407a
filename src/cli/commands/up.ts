import type { CommandContext } from '../command-context.ts'
import { type CommandHost, defineCommand } from '../define-command.ts'
import { EXIT } from '../exit-codes.ts'
import { listOption } from '../options/global-options.ts'
import { runWithProgress } from '../run-with-progress.ts'
import { UsageError } from '../usage-error.ts'
import { type AttachValues, attach } from './attach.ts'
import { printPlan } from './plan.ts'
import { addUpOptions, type UpValues, upOptions } from './up-options.ts'

interface Values extends UpValues, AttachValues {
  readonly detach?: boolean
  readonly wait?: boolean
  readonly dryRun?: boolean
}

/** Adds `up`: creates and starts, then shows the logs until Ctrl-C or the end of the last container. */
export function addUpCommand(host: CommandHost): void {
  const command = addUpOptions(
    host.program.command('up').description('Create and start containers').argument('[service...]'),
  )
    .option('-d, --detach', 'Run in the background')
    .option('--wait', 'Wait until services run or are healthy; implies --detach')
    .option('--dry-run', 'Show what would be done, and do nothing')
    .addOption(listOption('--no-attach <service>', 'Do not show the logs of a service; repeat for more'))
    .option('--no-color', 'Show logs without colours')
    .option('--no-log-prefix', 'Show logs without prefixes')
    .option('--timestamps', 'Show the time of each log line')
  defineCommand(host, command, up)
}

async function up(context: CommandContext, services: readonly string[], values: Values): Promise<number> {
  const isDetached = values.detach || values.wait || !values.start
  if (isDetached && Array.isArray(values.attach)) {
    throw new UsageError('--detach and --no-attach contradict each other', 'Leave one of the two out')
  }
  const options = upOptions(services, values, values.wait ?? false)
  if (values.dryRun) return printPlan(context, options, {})
  const since = new Date(context.ports.now()).toISOString()
  const code = await runWithProgress(context, {
    title: 'up',
    run: (app, hooks) => app.up(context.request, options, hooks),
  })
  return isDetached || code !== EXIT.done ? code : attach(context, { services, values, since })
}
