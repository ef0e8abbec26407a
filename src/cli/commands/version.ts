import { Option } from 'commander'
import { type CommandHost, defineCommand } from '../define-command.ts'
import { EXIT } from '../exit-codes.ts'

interface Values {
  readonly short?: boolean
  readonly format: 'pretty' | 'json'
}

/** Adds `version`. */
export function addVersionCommand(host: CommandHost): void {
  const command = host.program
    .command('version')
    .description('Show the version')
    .option('--short', 'Show the number only')
    .addOption(
      new Option('-f, --format <format>', 'Output format').choices(['pretty', 'json']).default('pretty'),
    )
  defineCommand<Values>(host, command, async ({ ports }, _args, { short, format }) => {
    const { stdout, version } = ports
    if (short) stdout.write(`${version}\n`)
    else
      stdout.write(format === 'json' ? `${JSON.stringify({ version })}\n` : `tcompose version v${version}\n`)
    return EXIT.done
  })
}
