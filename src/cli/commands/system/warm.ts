import { Option } from 'commander'
import type { WarmStatus } from '../../../warm/ask-warm-process.ts'
import type { CommandContext } from '../../command-context.ts'
import { type CommandDefinition, defineCommand } from '../../define-command.ts'
import { EXIT } from '../../exit-codes.ts'
import { warmStatusText } from '../../views/warm-status-text.ts'

interface Values {
  readonly serve?: boolean
  readonly withProjects?: boolean
}

/** `system warm`: starts the process that runs the commands that follow, or says how it is doing. */
export const command: CommandDefinition = defineCommand<Values>({
  describe: warm =>
    warm
      .description('Keep a process ready that runs commands without starting a new one')
      .addOption(new Option('--serve', 'Be that process, in the foreground').hideHelp())
      .addOption(new Option('--with-projects', 'End when no project is there').hideHelp()),
  examples: [['tcompose system warm', 'keep a process ready for the next commands']],
  run: keepWarm,
})

async function keepWarm(
  { ports }: CommandContext,
  _args: readonly string[],
  { serve, withProjects = false }: Values,
): Promise<number> {
  if (serve) {
    await ports.warm.serve(ports.interrupts.first, withProjects)
    return EXIT.done
  }
  const known = await ports.warm.describe()
  if (known !== undefined && !known.withProjects) ports.stdout.write(`${describe(known, ports.now())}\n`)
  else {
    const { pid } = await ports.warm.start()
    ports.stdout.write(`Process ${pid} runs the commands that follow, until it has none for 5 minutes\n`)
  }
  return EXIT.done
}

function describe(status: WarmStatus, now: number): string {
  return `Process ${status.pid} is warm: it ${warmStatusText(status, now)}`
}
