import { Option } from 'commander'
import { loadRequested } from '../../app/find-project.ts'
import { isRemoteAddress, isTrueText } from '../../app/index.ts'
import { up } from '../../app/up.ts'
import { watchProblems } from '../../app/watch/watch.ts'
import { noSuchService } from '../../base/no-such-service.ts'
import { TcomposeError } from '../../base/tcompose-error.ts'
import type { AbortMode } from '../attach/abort-rule.ts'
import { type AttachValues, attach } from '../attach/attach.ts'
import type { CommandContext } from '../command-context.ts'
import { type CommandDefinition, defineCommand } from '../define-command.ts'
import { listOption } from '../options/global-options.ts'
import { addUpOptions, publishingOn, type UpValues, upOptions } from '../options/up-options.ts'
import { addWaitOptions, type WaitValues, waitOf } from '../options/wait-options.ts'
import { printPlan } from '../print-plan.ts'
import { reportInvalid } from '../report.ts'
import { runWithProgress } from '../run-with-progress.ts'
import { UsageError } from '../usage-error.ts'

interface Values extends UpValues, AttachValues, WaitValues {
  readonly detach?: boolean
  readonly abortOnContainerExit?: boolean
  readonly abortOnContainerFailure?: boolean
  readonly exitCodeFrom?: string
  readonly watch?: boolean
  readonly menu?: boolean
}

/** `up`: creates and starts, then shows the logs until Ctrl-C or the end of the last container. */
export const command: CommandDefinition = defineCommand<Values>({
  describe: upCommand =>
    addWaitOptions(
      addUpOptions(upCommand.description('Create and start containers').argument('[service...]')).option(
        '-d, --detach',
        'Run in the background',
      ),
      { wait: 'Wait until services run or are healthy; implies --detach' },
    )
      .option('--abort-on-container-exit', 'Stop all containers when one exits, and exit with its code')
      .option('--abort-on-container-failure', 'Stop all containers when one fails, and exit with its code')
      .option(
        '--exit-code-from <service>',
        'Exit with the code of a service; implies --abort-on-container-exit',
      )
      .option('--quiet-pull', 'Do not show the progress of pulls')
      .option('--quiet-build', 'Do not show the steps of builds')
      .addOption(listOption('--attach <service>', 'Show the logs of this service only; repeat for more'))
      .option('--attach-dependencies', 'Show the logs of dependencies of the named services too')
      .addOption(noAttachOption())
      .option('--no-color', 'Show logs without colours')
      .option('--no-log-prefix', 'Show logs without prefixes')
      .option('--timestamps', 'Show timestamps')
      .option('-w, --watch', 'Watch files, and copy, rebuild and restart when they change')
      .option('--menu', 'Take keys while logs are shown: w to watch, d to detach')
      .addOption(new Option('--no-menu', 'Take no keys, whatever COMPOSE_MENU says').hideHelp()),
  examples: [
    ['tcompose up -d --wait', 'start everything, and return when it is healthy'],
    ['tcompose up --build web', 'build the image of one service again, and show its logs'],
    ['tcompose up -d --scale worker=3', 'run three containers of a service'],
    ['tcompose up --watch', 'show the logs, and bring every change of the files into the containers'],
    ['tcompose up --exit-code-from tests', 'stop with the tests, and exit with their code'],
  ],
  dryRun: 'plans',
  run: bringUp,
})

/** `--attach` is no opposite of it: both may be given. */
function noAttachOption(): Option {
  const option = listOption('--no-attach <service>', 'Do not show the logs of a service; repeat for more')
  return Object.assign(option, { attributeName: () => 'noAttach' })
}

async function bringUp(called: CommandContext, services: readonly string[], values: Values): Promise<number> {
  const context = publishingOn(called, values)
  const isDetached = values.detach || values.wait || !values.start
  assertNoConflict(values)
  const options = {
    ...upOptions(services, values, waitOf(values)),
    ...(values.waitTimeout && { waitTimeout: values.waitTimeout }),
    ...(context.showsAllResources && { allResources: true }),
  }
  if (context.isDryRun) return printPlan(context, options, {})
  if (context.request.files.some(isRemoteAddress)) {
    const { refusedRemote } = await import('../confirm-remote.ts')
    const refused = await refusedRemote(context, values)
    if (refused !== undefined) return refused
  }
  await assertDeclared(context, values.exitCodeFrom)
  for (const service of values.attach ?? []) await assertDeclared(context, service)
  const { ports, request } = context
  const problems = values.watch ? await ports.call(watchProblems, request, services) : []
  if (problems.length > 0) return reportInvalid(context, problems)
  if (!isDetached) {
    const hasMenu = takesKeys(context, values)
    return attach(context, {
      ...{ services, values, options, hasMenu, abort: abortMode(values), watches: values.watch ?? false },
    })
  }
  return runWithProgress(context, {
    title: 'up',
    quietPull: values.quietPull ?? false,
    quietBuild: values.quietBuild ?? false,
    run: hooks => ports.call(up, { request, options, hooks }),
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
    [values.watch === true, '--watch'],
    [values.menu === true, '--menu'],
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

/** `--menu`, or COMPOSE_MENU, on a terminal. */
function takesKeys({ ports }: CommandContext, { menu }: Values): boolean {
  const isWanted = menu ?? isTrueText(ports.environment.get('COMPOSE_MENU') ?? '')
  return isWanted && ports.isInputTerminal && ports.stdout.isTerminal
}

function contradiction(one: string, other: string): UsageError {
  return new UsageError(`${one} and ${other} cannot be combined`, 'Leave one of them out')
}

/** @throws {TcomposeError} `no-such-service` if the file is valid and does not declare `service`. */
async function assertDeclared(
  { ports, request }: CommandContext,
  service: string | undefined,
): Promise<void> {
  if (service === undefined) return
  const { project } = await ports.call(loadRequested, request)
  if (project === undefined || project.services.has(service)) return
  const { code, message, hint } = noSuchService(service, [...project.services.keys()])
  throw new TcomposeError(code, message, hint === undefined ? {} : { hint })
}

/** What ends an attached run before the last container has ended. */
function abortMode(values: Values): AbortMode | undefined {
  const { abortOnContainerExit, abortOnContainerFailure, exitCodeFrom } = values
  if (!abortOnContainerExit && !abortOnContainerFailure && exitCodeFrom === undefined) return undefined
  return { isFailureOnly: abortOnContainerFailure ?? false, exitCodeFrom }
}
