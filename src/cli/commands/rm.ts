import { Option } from 'commander'
import { findContainers } from '../../app/find-containers.ts'
import type { ObservedContainer } from '../../app/index.ts'
import { rm } from '../../app/rm.ts'
import { isNamed } from '../../base/named-services.ts'
import type { CommandContext } from '../command-context.ts'
import { type CommandDefinition, defineCommand } from '../define-command.ts'
import { EXIT } from '../exit-codes.ts'
import { reportInvalid } from '../report.ts'
import { runWithProgress } from '../run-with-progress.ts'
import { untilInterrupted } from '../until-interrupted.ts'
import { UsageError } from '../usage-error.ts'
import { stateName } from '../views/container-words.ts'
import { safeLine } from '../views/safe-text.ts'

interface Values {
  readonly force?: boolean
  readonly stop?: boolean
  readonly volumes?: boolean
}

/**
 * `rm`: removes containers that have stopped, one-offs too, and with `--stop` all replicas, after a question unless
 * `--force` is given.
 */
export const command: CommandDefinition = defineCommand<Values>({
  describe: rmCommand =>
    rmCommand
      .description('Remove stopped containers')
      .argument('[service...]')
      .option('-f, --force', 'Do not ask for confirmation')
      .option('-s, --stop', 'Stop containers first')
      .option('-v, --volumes', 'Remove their anonymous volumes too')
      // What has no effect in docker compose either: one-offs go anyway.
      .addOption(new Option('-a, --all').hideHelp()),
  examples: [
    ['tcompose rm', 'remove what has stopped, after a question'],
    ['tcompose rm -fsv worker', 'stop and remove one service with its anonymous volumes'],
  ],
  dryRun: 'plans',
  run: removeContainers,
})

async function removeContainers(
  context: CommandContext,
  services: readonly string[],
  { force, stop = false, volumes = false }: Values,
): Promise<number> {
  const { ports, request } = context
  const found = await untilInterrupted(context, ports.call(findContainers, request))
  if (found.kind === 'invalid') return reportInvalid(context, found.diagnostics)
  const leaving = [...found.containers, ...(found.oneOffs ?? [])]
    .filter(({ service }) => isNamed(services, service))
    .filter(container => isStopped(container) || (stop && container.slug === undefined))
  if (leaving.length === 0) {
    ports.stderr.write('No stopped containers\n')
    return EXIT.done
  }
  if (!force && !context.isDryRun && !(await isConfirmed(context, leaving))) return EXIT.done
  const options = { services, stop, volumes }
  return runWithProgress(context, {
    title: 'rm',
    run: hooks => ports.call(rm, { request, options, hooks }),
  })
}

function isStopped(container: ObservedContainer): boolean {
  const state = stateName(container)
  return state === 'exited' || state === 'created'
}

/** @throws {UsageError} If there is no terminal to ask on. */
async function isConfirmed(context: CommandContext, leaving: readonly ObservedContainer[]): Promise<boolean> {
  const { ports } = context
  if (!ports.isInputTerminal) {
    throw new UsageError('rm asks for confirmation, and there is no terminal', 'Add --force')
  }
  ports.stderr.write(`Going to remove ${safeLine(leaving.map(({ name }) => name).join(', '))}\n`)
  const answer = await untilInterrupted(context, ports.ask('Are you sure? [yN] '))
  return /^y(es)?$/i.test(answer.trim())
}
