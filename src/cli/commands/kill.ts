import { type CommandHost, defineCommand } from '../define-command.ts'
import { EXIT } from '../exit-codes.ts'
import { reportFailure, reportInvalid } from '../report.ts'
import { untilInterrupted } from '../until-interrupted.ts'
import { safeLine } from '../views/safe-text.ts'

interface Values {
  readonly signal: string
}

/** Adds `kill`: sends a signal to the main processes. */
export function addKillCommand(host: CommandHost): void {
  const command = host.program
    .command('kill')
    .description('Send a signal to running containers')
    .argument('[service...]')
    .option('-s, --signal <signal>', 'Signal to send', 'SIGKILL')
  defineCommand<Values>(host, command, async (context, services, { signal }) => {
    const { ports, request } = context
    const app = await ports.loadApp()
    const result = await untilInterrupted(context, app.kill(request, { services, signal }))
    if (result.kind === 'invalid') return reportInvalid(context, result.diagnostics)
    const { names, errors } = result
    if (names.length === 0 && errors.length === 0) ports.stderr.write('No container to kill\n')
    for (const name of names) ports.stderr.write(` Container ${safeLine(name)}  Killed\n`)
    for (const error of errors) reportFailure(context, error)
    return errors.length === 0 ? EXIT.done : EXIT.failed
  })
}
