import { Option } from 'commander'
import { commit } from '../../app/commit.ts'
import type { CommandContext } from '../command-context.ts'
import { type CommandDefinition, defineCommand } from '../define-command.ts'
import { EXIT } from '../exit-codes.ts'
import { lockOptions } from '../lock-options.ts'
import { listOption } from '../options/global-options.ts'
import { parseIndex } from '../options/option-values.ts'
import { reportInvalid } from '../report.ts'
import { writeStatus } from '../write-status.ts'

interface Values {
  readonly author?: string
  readonly change?: readonly string[]
  readonly index: number
  readonly message?: string
  readonly pause: boolean
}

/** `commit`: makes an image of a container. */
export const command: CommandDefinition = defineCommand<Values>({
  describe: commitCommand =>
    commitCommand
      .description('Make an image of what a container has changed')
      .argument('<service>')
      .argument('[repository[:tag]]', 'Name of the image; without one it has its id only')
      .option('-a, --author <name>', 'Author of the image')
      .addOption(
        listOption(
          '-c, --change <instruction>',
          'Instruction of a Dockerfile for the image; repeat for more',
        ),
      )
      .addOption(new Option('--index <number>', 'Number of the replica').argParser(parseIndex).default(1))
      .option('-m, --message <text>', 'Message in the history of the image')
      .addOption(new Option('-p, --pause', 'Freeze the container meanwhile').default(true))
      .addOption(new Option('--no-pause', 'Let the container run meanwhile')),
  examples: [
    ['tcompose commit web web:patched', 'what it has changed on top of its image'],
    [`tcompose commit -c 'CMD ["nginx"]' -c 'ENV DEBUG=1' web web:debug`, 'with other settings'],
  ],
  dryRun: 'plans',
  run: commitContainer,
})

async function commitContainer(
  context: CommandContext,
  [service = '', name]: readonly string[],
  { author, change = [], index, message, pause }: Values,
): Promise<number> {
  const { ports, request } = context
  const result = await ports.call(commit, request, {
    service,
    index,
    commit: { name, author, message, changes: change, pause, signal: ports.interrupts.first },
    lock: lockOptions(context),
    isDryRun: context.isDryRun,
  })
  if (result.kind === 'invalid') return reportInvalid(context, result.diagnostics)
  const { container, id } = result
  writeStatus(context, container, `Commit ${container}  Committed${id === undefined ? '' : ` as ${id}`}`)
  return EXIT.done
}
