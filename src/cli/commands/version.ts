import { Option } from 'commander'
import { type CommandDefinition, defineCommand } from '../define-command.ts'
import { EXIT } from '../exit-codes.ts'
import { COMPOSE_INTERFACE, versionText } from '../version.ts'

interface Values {
  readonly short?: boolean
  readonly format: 'pretty' | 'json'
}

/** `version`. What scripts read is the version of the Compose interface; people see both. */
export const command: CommandDefinition = defineCommand<Values>({
  describe: version =>
    version
      .description('Show the version')
      .option('--short', 'Show only the version of the Compose interface')
      .addOption(
        new Option('-f, --format <format>', 'Output format').choices(['pretty', 'json']).default('pretty'),
      ),
  examples: [
    ['tcompose version', 'of tcompose, and of the Compose interface'],
    ['tcompose version --short', 'what scripts compare'],
  ],
  dryRun: 'reads',
  run: async ({ ports: { stdout, version } }, _args, { short, format }) => {
    if (short) stdout.write(`${COMPOSE_INTERFACE}\n`)
    else if (format === 'json')
      stdout.write(`${JSON.stringify({ version: COMPOSE_INTERFACE, tcompose: version })}\n`)
    else stdout.write(`${versionText(version)}\n`)
    return EXIT.done
  },
})
