import type { Option } from 'commander'
import type { CommandContext } from '../command-context.ts'
import { type CommandHost, defineCommand } from '../define-command.ts'
import { listOption } from '../options/global-options.ts'
import { runWithProgress } from '../run-with-progress.ts'
import { UsageError } from '../usage-error.ts'
import type { AbortMode } from './abort-rule.ts'
import { type AttachValues, attach } from './attach.ts'
import { printPlan } from './plan.ts'
import { addUpOptions, type UpValues, upOptions } from './up-options.ts'

interface Values extends UpValues, AttachValues {
  readonly detach?: boolean
  readonly wait?: boolean
  readonly dryRun?: boolean
  readonly abortOnContainerExit?: boolean
  readonly abortOnContainerFailure?: boolean
  readonly exitCodeFrom?: string
}

/** Adds `up`: creates and starts, then shows the logs until Ctrl-C or the end of the last container. */
export function addUpCommand(host: CommandHost): void {
  const command = addUpOptions(
    host.program.command('up').description('Create and start containers').argument('[service...]'),
  )
    .option('-d, --detach', 'Run in the background')
    .option('--wait', 'Wait until services run or are healthy; implies --detach')
    .option('--abort-on-container-exit', 'Stop all containers when one ends, and exit with its code')
    .option('--abort-on-container-failure', 'Stop all containers when one fails, and exit with its code')
    .option(
      '--exit-code-from <service>',
      'Exit with the code of a service; implies --abort-on-container-exit',
    )
    .option('--quiet-pull', 'Do not show how far pulls are')
    .option('--dry-run', 'Show what would be done, and do nothing')
    .addOption(listOption('--attach <service>', 'Show the logs of this service alone; repeat for more'))
    .option('--attach-dependencies', 'Show the logs of what the named services depend on, too')
    .addOption(noAttachOption())
    .option('--no-color', 'Show logs without colours')
    .option('--no-log-prefix', 'Show logs without prefixes')
    .option('--timestamps', 'Show the time of each log line')
  defineCommand(host, command, up)
}

/** `--attach` is no opposite of it: both may be given. */
function noAttachOption(): Option {
  const option = listOption('--no-attach <service>', 'Do not show the logs of a service; repeat for more')
  return Object.assign(option, { attributeName: () => 'noAttach' })
}

async function up(context: CommandContext, services: readonly string[], values: Values): Promise<number> {
  const isDetached = values.detach || values.wait || !values.start
  assertNoConflict(values)
  const options = upOptions(services, values, values.wait ?? false)
  if (values.dryRun) return printPlan(context, options, {})
  await assertDeclared(context, '--exit-code-from', values.exitCodeFrom)
  for (const service of values.attach ?? []) await assertDeclared(context, '--attach', service)
  if (!isDetached) return attach(context, { services, values, options, abort: abortMode(values) })
  return runWithProgress(context, {
    title: 'up',
    ...(values.quietPull && { quietPull: true }),
    run: (app, hooks) => app.up(context.request, options, hooks),
  })
}

/** @throws {UsageError} If options contradict each other. */
function assertNoConflict(values: Values): void {
  const { detach, wait, start, abortOnContainerExit, abortOnContainerFailure, exitCodeFrom } = values
  const apart: readonly (readonly [boolean, string])[] = [
    [detach === true, '--detach'],
    [wait === true, '--wait'],
    [!start, '--no-start'],
  ]
  const attached: readonly (readonly [boolean, string])[] = [
    [values.attach !== undefined, '--attach'],
    [values.attachDependencies === true, '--attach-dependencies'],
    [values.noAttach !== undefined, '--no-attach'],
    [abortOnContainerExit === true, '--abort-on-container-exit'],
    [abortOnContainerFailure === true, '--abort-on-container-failure'],
    [exitCodeFrom !== undefined, '--exit-code-from'],
  ]
  const one = apart.find(([isGiven]) => isGiven)
  const other = attached.find(([isGiven]) => isGiven)
  if (one !== undefined && other !== undefined) throw contradiction(one[1], other[1])
  if (values.attach !== undefined && values.attachDependencies) {
    throw contradiction('--attach', '--attach-dependencies')
  }
  if (abortOnContainerExit && abortOnContainerFailure) {
    throw contradiction('--abort-on-container-exit', '--abort-on-container-failure')
  }
}

function contradiction(one: string, other: string): UsageError {
  return new UsageError(`${one} and ${other} contradict each other`, 'Leave one of the two out')
}

/** @throws {UsageError} If the file is sound and does not declare `service`. */
async function assertDeclared(
  { ports, request }: CommandContext,
  option: string,
  service: string | undefined,
): Promise<void> {
  if (service === undefined) return
  const app = await ports.loadApp()
  const { project } = await app.loadProject(request)
  if (project === undefined || project.services.has(service)) return
  const known = [...project.services.keys()].sort().join(', ')
  throw new UsageError(`${option} names no service: "${service}"`, `Services: ${known}`)
}

/** What ends an attached run before the last container has ended. */
function abortMode(values: Values): AbortMode | undefined {
  const { abortOnContainerExit, abortOnContainerFailure, exitCodeFrom } = values
  if (!abortOnContainerExit && !abortOnContainerFailure && exitCodeFrom === undefined) return undefined
  return { isFailureOnly: abortOnContainerFailure ?? false, exitCodeFrom }
}
