import { isNamed, type ObservedContainer } from '../../app/index.ts'
import type { CommandContext } from '../command-context.ts'
import { EXIT } from '../exit-codes.ts'
import { reportInvalid } from '../report.ts'
import { runWithProgress } from '../run-with-progress.ts'
import { untilInterrupted } from '../until-interrupted.ts'
import { UsageError } from '../usage-error.ts'
import { stateName } from '../views/container-words.ts'
import { safeLine } from '../views/safe-text.ts'

export interface RmValues {
  readonly force?: boolean
  readonly stop?: boolean
  readonly volumes?: boolean
}

/** Removes containers that have stopped, or all with `--stop`, after a question unless `--force` is given. */
export async function removeContainers(
  context: CommandContext,
  services: readonly string[],
  values: RmValues,
): Promise<number> {
  const { ports, request } = context
  const app = await ports.loadApp()
  const found = await untilInterrupted(context, app.containers(request))
  if (found.kind === 'invalid') return reportInvalid(context, found.diagnostics)
  const leaving = found.containers
    .filter(({ service }) => isNamed(services, service))
    .filter(container => values.stop || isStopped(container))
  if (leaving.length === 0) {
    ports.stderr.write('No stopped containers\n')
    return EXIT.done
  }
  if (!values.force && !(await isConfirmed(context, leaving))) return EXIT.done
  return runWithProgress(context, {
    title: 'rm',
    run: (_app, hooks) =>
      app.remove(request, { services, stop: values.stop ?? false, volumes: values.volumes ?? false }, hooks),
  })
}

function isStopped(container: ObservedContainer): boolean {
  const state = stateName(container)
  return state === 'exited' || state === 'created'
}

/** @throws {UsageError} If there is nobody to ask. */
async function isConfirmed(context: CommandContext, leaving: readonly ObservedContainer[]): Promise<boolean> {
  const { ports } = context
  if (!ports.isInputTerminal) {
    throw new UsageError('rm asks before it removes, and there is no terminal', 'Add --force')
  }
  ports.stderr.write(`Going to remove ${safeLine(leaving.map(({ name }) => name).join(', '))}\n`)
  const answer = await untilInterrupted(context, ports.ask('Are you sure? [yN] '))
  return /^y(es)?$/i.test(answer.trim())
}
