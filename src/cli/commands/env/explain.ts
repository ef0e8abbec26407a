import { Option } from 'commander'
import { explainVariable } from '../../../app/explain.ts'
import { type CommandDefinition, defineCommand } from '../../define-command.ts'
import { EXIT } from '../../exit-codes.ts'
import { reportInvalid } from '../../report.ts'
import { untilInterrupted } from '../../until-interrupted.ts'
import { variableText } from '../../views/explanation-text.ts'
import { safeJson } from '../../views/safe-text.ts'

interface Values {
  readonly format: 'text' | 'json'
}

/** `env explain`: writes every source of a variable, which one wins, and what is made with it. */
export const command: CommandDefinition = defineCommand<Values>({
  describe: explain =>
    explain
      .description('Show where a variable comes from and where it is used')
      .argument('<variable>')
      .addOption(new Option('--format <format>', 'Output format').choices(['text', 'json']).default('text')),
  examples: [['tcompose env explain TAG', 'where a variable gets its value']],
  dryRun: 'reads',
  run: async (context, [name = ''], { format }) => {
    const { ports, request, settings } = context
    const result = await untilInterrupted(context, ports.call(explainVariable, request, name))
    if (result.kind === 'invalid') return reportInvalid(context, result.diagnostics)
    const { use } = result
    ports.stdout.write(
      format === 'json'
        ? `${safeJson({ ...use, services: Object.fromEntries(use.services) }, 2)}\n`
        : variableText(use, settings.isOutputColored),
    )
    return EXIT.done
  },
})
