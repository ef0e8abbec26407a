import { type CommandHost, defineCommand } from '../define-command.ts'
import { EXIT } from '../exit-codes.ts'
import { untilInterrupted } from '../until-interrupted.ts'
import { doctorText } from '../views/doctor-text.ts'
import { safeJson } from '../views/safe-text.ts'

interface Values {
  readonly fix?: boolean
  readonly json?: boolean
}

/** Adds `doctor`: says what the host offers, what is missing and what was left behind. */
export function addDoctorCommand(host: CommandHost): void {
  const command = host.program
    .command('doctor')
    .description('Show what this machine offers, what is missing and what was left behind')
    .option('--fix', 'Put damaged records aside and remove what was left behind')
    .option('--json', 'Show the findings as JSON')
  defineCommand<Values>(host, command, async (context, _args, { fix, json }) => {
    const { ports, settings } = context
    const app = await ports.loadApp()
    const examination = await untilInterrupted(context, app.doctor({ fix: fix ?? false }))
    const text = json ? `${safeJson(examination, 2)}\n` : doctorText(examination, settings.isOutputColored)
    ports.stdout.write(text)
    const isSound =
      examination.checks.every(({ status }) => status !== 'missing') &&
      (examination.damaged ?? []).every(({ aside }) => aside !== undefined) &&
      (examination.strays ?? []).every(({ removed }) => removed)
    return isSound ? EXIT.done : EXIT.failed
  })
}
