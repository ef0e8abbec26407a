import { closeSync, openSync } from 'node:fs'
import { watch } from '../../app/watch/watch.ts'
import { askYes } from '../ask-yes.ts'
import type { CommandContext } from '../command-context.ts'
import { type CommandDefinition, defineCommand } from '../define-command.ts'
import { EXIT } from '../exit-codes.ts'
import { reportInvalid } from '../report.ts'
import { watchHooks } from '../watch-hooks.ts'

interface Values {
  readonly up: boolean
  readonly prune: boolean
  readonly quiet?: boolean
}

/** `watch`: builds and starts services, then copies, rebuilds and restarts when their files change, until Ctrl-C. */
export const command: CommandDefinition = defineCommand<Values>({
  describe: watchCommand =>
    watchCommand
      .description('Copy files into containers, rebuild and restart when they change')
      .argument('[service...]')
      .option('--no-up', 'Do not build and start services first')
      .option('--prune', 'Remove the images that a rebuild replaces', true)
      .option('--no-prune', 'Keep the images that a rebuild replaces')
      .option('--quiet', 'Do not show the steps of builds'),
  examples: [
    ['tcompose watch', 'start the project, and bring every change of its files into its containers'],
    ['tcompose watch --no-up web', 'watch the files of one service that runs already'],
  ],
  run: watchServices,
})

async function watchServices(
  context: CommandContext,
  services: readonly string[],
  { up, prune, quiet = false }: Values,
): Promise<number> {
  const { ports, request } = context
  const { first } = ports.interrupts
  ports.interrupts.hold()
  const input = openSync('/dev/null', 'r')
  try {
    const result = await ports.call(watch, request, {
      options: { services, up, prunes: prune },
      hooks: watchHooks(context, {
        ...{ quiet, signal: first, input },
        write: text => ports.stdout.write(text),
        ask:
          ports.isInputTerminal && ports.stdout.isTerminal
            ? question => askYes(context, question)
            : undefined,
      }),
    })
    if (result.kind === 'invalid') return reportInvalid(context, result.diagnostics)
    if (first.aborted) return ports.interrupts.exitCode
    return result.kind === 'not-up' ? EXIT.failed : EXIT.done
  } finally {
    closeSync(input)
  }
}
