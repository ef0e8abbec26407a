import { down } from '../../app/down.ts'
import { type ContainerEnd, wait } from '../../app/wait.ts'
import type { CommandContext } from '../command-context.ts'
import { type CommandDefinition, defineCommand } from '../define-command.ts'
import { EXIT } from '../exit-codes.ts'
import { reportInvalid } from '../report.ts'
import { runWithProgress } from '../run-with-progress.ts'
import { untilInterrupted } from '../until-interrupted.ts'

interface Values {
  readonly downProject?: boolean
}

/** `wait`: waits for the ends of containers and passes the exit code of the last one on. */
export const command: CommandDefinition = defineCommand<Values>({
  describe: waitCommand =>
    waitCommand
      .description('Wait until containers have ended, and exit with the code of the last one')
      .argument('<service...>')
      .option('--down-project', 'Take the project down afterwards'),
  examples: [
    ['tcompose wait migrate', 'wait for one service, and exit with its code'],
    ['tcompose wait --down-project tests', 'then take the project down'],
  ],
  dryRun: 'plans',
  run: waitForEnds,
})

async function waitForEnds(
  context: CommandContext,
  services: readonly string[],
  { downProject = false }: Values,
): Promise<number> {
  const { ports, request } = context
  const onEnd = ({ id, exitCode }: ContainerEnd): void =>
    ports.stdout.write(`container "${id}" exited with status code ${exitCode}\n`)
  const result = await untilInterrupted(context, ports.call(wait, request, { services, onEnd }))
  if (result.kind === 'invalid') return reportInvalid(context, result.diagnostics)
  if (downProject) {
    const exitCode = await takeDown(context)
    if (exitCode !== EXIT.done) return exitCode
  }
  return result.last.exitCode
}

function takeDown(context: CommandContext): Promise<number> {
  const { ports, request } = context
  const options = { services: [], removeOrphans: true, volumes: false, timeout: undefined }
  return runWithProgress(context, {
    title: 'down',
    run: hooks => ports.call(down, { request, options, hooks }),
  })
}
