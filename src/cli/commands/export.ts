import { Option } from 'commander'
import { exportContainer } from '../../app/export-container.ts'
import { writeArchive } from '../archive-streams.ts'
import type { CommandContext } from '../command-context.ts'
import { type CommandDefinition, defineCommand } from '../define-command.ts'
import { EXIT } from '../exit-codes.ts'
import { lockOptions } from '../lock-options.ts'
import { parseIndex } from '../options/option-values.ts'
import { reportInvalid } from '../report.ts'

interface Values {
  readonly index: number
  readonly output?: string
}

/** `export`: writes the files of a container as an archive. */
export const command: CommandDefinition = defineCommand<Values>({
  describe: exportCommand =>
    exportCommand
      .description('Write the files of a container, without its volumes, as a tar archive')
      .argument('<service>')
      .addOption(new Option('--index <number>', 'Number of the replica').argParser(parseIndex).default(1))
      .option('-o, --output <file>', 'Write to a file instead of standard output'),
  examples: [
    ['tcompose export -o web.tar web', 'the files of a container, without its volumes'],
    ['tcompose export web | tar t', 'a list of them'],
  ],
  dryRun: 'reads',
  run: exportFiles,
})

async function exportFiles(
  context: CommandContext,
  [service = '']: readonly string[],
  { index, output }: Values,
): Promise<number> {
  const { ports, request } = context
  const result = await ports.call(exportContainer, request, {
    service,
    index,
    write: archive =>
      writeArchive(context, output, async write => {
        for await (const chunk of archive) await write(chunk)
      }),
    lock: lockOptions(context),
  })
  return result.kind === 'invalid' ? reportInvalid(context, result.diagnostics) : EXIT.done
}
