import { type CommandDefinition, defineCommand } from '../../define-command.ts'
import { EXIT } from '../../exit-codes.ts'

/** `system cool`: ends the process that `system warm` started. */
export const command: CommandDefinition = defineCommand({
  describe: cool => cool.description('End the process that "system warm" keeps ready'),
  examples: [['tcompose system cool', 'end it']],
  run: async ({ ports }) => {
    const ended = await ports.warm.end()
    ports.stdout.write(ended === undefined ? 'No process is kept warm\n' : `Process ${ended.pid} has ended\n`)
    return EXIT.done
  },
})
