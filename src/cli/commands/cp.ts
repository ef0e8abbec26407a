import { Option } from 'commander'
import { copy } from '../../app/copy.ts'
import type { FileCopy } from '../../app/index.ts'
import { archiveInput, writeArchive } from '../archive-streams.ts'
import type { CommandContext } from '../command-context.ts'
import { type CommandDefinition, defineCommand } from '../define-command.ts'
import { EXIT } from '../exit-codes.ts'
import { lockOptions } from '../lock-options.ts'
import { type CopyArgument, parseCopyEnds } from '../options/copy-ends.ts'
import { parseIndex } from '../options/option-values.ts'
import { reportInvalid } from '../report.ts'
import { writeStatus } from '../write-status.ts'

interface Values {
  readonly all?: boolean
  readonly archive?: boolean
  readonly followLink?: boolean
  readonly index?: number
}

/** `cp`: copies files and folders between a container and this machine. */
export const command: CommandDefinition = defineCommand<Values>({
  describe: cp =>
    cp
      .description('Copy files and folders between a container and this machine')
      .argument('<source>', 'SERVICE:PATH, a path, or - for an archive on standard input')
      .argument('<destination>', 'SERVICE:PATH, a path, or - for an archive on standard output')
      .option('--all', 'Include containers that "run" has made')
      .option('-a, --archive', 'Keep the owner and the group of files that leave a container')
      .option('-L, --follow-link', 'Copy what a link names, and not the link')
      .addOption(
        new Option(
          '--index <number>',
          'Number of the replica (default: the first, or all to copy to)',
        ).argParser(parseIndex),
      ),
  examples: [
    ['tcompose cp web:/etc/nginx/nginx.conf .', 'out of a container'],
    ['tcompose cp site/. web:/usr/share/nginx/html', 'what is in a folder, into each container of a service'],
    ['tcompose cp db:/var/lib/data - | tar t', 'as an archive'],
  ],
  dryRun: 'plans',
  run: copyFiles,
})

async function copyFiles(
  context: CommandContext,
  [source = '', destination = '']: readonly string[],
  values: Values,
): Promise<number> {
  const { ports, request } = context
  const { service, from, to } = parseCopyEnds(source, destination)
  const { all = false, archive = false, followLink = false, index } = values
  const result = await ports.call(copy, request, {
    service,
    index,
    copy: {
      from: inputOf(context, from),
      to: outputOf(context, to),
      followsLink: followLink,
      keepsOwner: archive,
      signal: ports.interrupts.first,
    },
    withOneOffs: all,
    isDryRun: context.isDryRun,
    lock: lockOptions(context),
    onCopied: name => {
      const text =
        from.kind === 'container'
          ? `${name}:${from.path} to ${destination}`
          : `${source} to ${name}:${pathOf(to)}`
      writeStatus(context, name, `copy ${text}  Copied`)
    },
  })
  return result.kind === 'invalid' ? reportInvalid(context, result.diagnostics) : EXIT.done
}

function pathOf(end: CopyArgument): string {
  return end.kind === 'stream' ? '-' : end.path
}

function inputOf(context: CommandContext, end: CopyArgument): FileCopy['from'] {
  if (end.kind !== 'stream') return end
  const input = archiveInput(context, undefined)
  if (input.kind !== 'stream') throw new Error('standard input is no stream')
  return input
}

function outputOf(context: CommandContext, end: CopyArgument): FileCopy['to'] {
  if (end.kind !== 'stream') return end
  return {
    kind: 'stream',
    write: chunks =>
      writeArchive(context, undefined, async write => {
        for await (const chunk of chunks) await write(chunk)
      }),
  }
}
