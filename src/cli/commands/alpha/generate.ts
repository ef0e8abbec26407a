import { Option } from 'commander'
import { generate } from '../../../app/generate/generate.ts'
import { type CommandDefinition, defineCommand } from '../../define-command.ts'
import { EXIT } from '../../exit-codes.ts'
import { reportWarnings } from '../../report.ts'
import { untilInterrupted } from '../../until-interrupted.ts'
import { safeText } from '../../views/safe-text.ts'

interface Values {
  readonly format: 'yaml' | 'json'
  readonly name?: string
  readonly projectDir?: string
}

/** `alpha generate`: writes a Compose file that makes the containers that are named. */
export const command: CommandDefinition = defineCommand<Values>({
  describe: generateCommand =>
    generateCommand
      .description('Generate a Compose file from containers')
      .argument('<container...>')
      .addOption(new Option('--format <format>', 'Output format').choices(['yaml', 'json']).default('yaml'))
      .option('--name <name>', 'Name of the project in the file')
      .option('--project-dir <folder>', 'Write paths below this folder from there'),
  examples: [
    ['tcompose alpha generate shop-web-1 shop-db-1 > compose.yaml', 'the file of two containers'],
    ['tcompose alpha generate --name copy 3f2a81', 'for another project, by the beginning of an id'],
  ],
  dryRun: 'reads',
  run: async (context, containers, { format, name, projectDir }) => {
    const { ports } = context
    const { text, warnings } = await untilInterrupted(
      context,
      ports.call(generate, { containers, name, projectDirectory: projectDir, format }),
    )
    reportWarnings(context, warnings)
    ports.stdout.write(ports.stdout.isTerminal ? safeText(text) : text)
    return EXIT.done
  },
})
