import { doctor } from '../../app/doctor.ts'
import type { HostCheck } from '../../app/index.ts'
import type { WarmStatus } from '../../warm/ask-warm-process.ts'
import { type CommandDefinition, defineCommand } from '../define-command.ts'
import { EXIT } from '../exit-codes.ts'
import { untilInterrupted } from '../until-interrupted.ts'
import { doctorText } from '../views/doctor-text.ts'
import { safeJson } from '../views/safe-text.ts'
import { warmStatusText } from '../views/warm-status-text.ts'

interface Values {
  readonly fix?: boolean
  readonly json?: boolean
}

function warmCheck(status: WarmStatus | undefined, now: number): HostCheck {
  return {
    name: 'warm process',
    status: 'ok',
    detail:
      status === undefined
        ? 'none: each command starts Node'
        : `process ${status.pid}: ${warmStatusText(status, now)}; "tcompose system cool" ends it`,
    hint: undefined,
  }
}

/** `doctor`: says what the host offers, what is missing and what was left behind. */
export const command: CommandDefinition = defineCommand<Values>({
  describe: doctorCommand =>
    doctorCommand
      .description('Check what this machine offers and look for leftovers')
      .option('--fix', 'Move damaged records aside and remove leftovers')
      .option('--json', 'Show the findings as JSON'),
  examples: [
    ['tcompose doctor', 'what this machine offers, and what was left behind'],
    ['tcompose doctor --fix', 'remove leftovers'],
  ],
  dryRun: 'plans',
  run: async (context, _args, { fix = false, json }) => {
    const { ports, settings } = context
    const host = await untilInterrupted(context, ports.call(doctor, { fix: fix && !context.isDryRun }))
    const examination = {
      ...host,
      checks: [...host.checks, warmCheck(await ports.warm.describe(), ports.now())],
    }
    const text = json ? `${safeJson(examination, 2)}\n` : doctorText(examination, settings.isOutputColored)
    ports.stdout.write(text)
    const isSound =
      examination.checks.every(({ status }) => status !== 'missing') &&
      (examination.damaged ?? []).every(({ aside }) => aside !== undefined) &&
      (examination.orphans ?? []).every(({ removed }) => removed)
    return isSound ? EXIT.done : EXIT.failed
  },
})
