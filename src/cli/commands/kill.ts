import { kill } from '../../app/kill.ts'
import { type CommandDefinition, defineCommand } from '../define-command.ts'
import { EXIT } from '../exit-codes.ts'
import { reportFailure, reportInvalid } from '../report.ts'
import { untilInterrupted } from '../until-interrupted.ts'
import { safeLine } from '../views/safe-text.ts'

interface Values {
  readonly signal: string
}

/** `kill`: sends a signal to the main processes. */
export const command: CommandDefinition = defineCommand<Values>({
  describe: killCommand =>
    killCommand
      .description('Send a signal to running containers')
      .argument('[service...]')
      .option('-s, --signal <signal>', 'Signal to send', 'SIGKILL'),
  run: async (context, services, { signal }) => {
    const { ports, request } = context
    const result = await untilInterrupted(context, ports.call(kill, request, { services, signal }))
    if (result.kind === 'invalid') return reportInvalid(context, result.diagnostics)
    const { names, errors } = result
    if (names.length === 0 && errors.length === 0) ports.stderr.write('No container to kill\n')
    for (const name of names) ports.stderr.write(` Container ${safeLine(name)}  Killed\n`)
    for (const error of errors) reportFailure(context, error)
    return errors.length === 0 ? EXIT.done : EXIT.failed
  },
})
