import { Option } from 'commander'
import type { WarmStatus } from '../../../warm/ask-warm-process.ts'
import type { CommandContext } from '../../command-context.ts'
import { type CommandDefinition, defineCommand } from '../../define-command.ts'
import { EXIT } from '../../exit-codes.ts'
import { humanDuration } from '../../views/human-duration.ts'
import { humanSize } from '../../views/human-size.ts'

interface Values {
  readonly serve?: boolean
}

/** `system warm`: starts the process that runs the commands that follow, or says how it is doing. */
export const command: CommandDefinition = defineCommand<Values>({
  describe: warm =>
    warm
      .description('Keep a process ready that runs commands without starting a new one')
      .addOption(new Option('--serve', 'Be that process, in the foreground').hideHelp()),
  examples: [['tcompose system warm', 'keep a process ready for the next commands']],
  run: keepWarm,
})

async function keepWarm(
  { ports }: CommandContext,
  _args: readonly string[],
  { serve }: Values,
): Promise<number> {
  if (serve) {
    await ports.warm.serve(ports.interrupts.first)
    return EXIT.done
  }
  const known = await ports.warm.describe()
  if (known !== undefined) ports.stdout.write(`${describe(known, ports.now())}\n`)
  else {
    const { pid } = await ports.warm.start()
    ports.stdout.write(`Process ${pid} runs the commands that follow, until it has none for 5 minutes\n`)
  }
  return EXIT.done
}

function describe({ pid, startedAt, commands, residentBytes }: WarmStatus, now: number): string {
  const age = humanDuration(now - startedAt).toLowerCase()
  const ran = commands === 1 ? '1 command' : `${commands} commands`
  return `Process ${pid} is warm: it started ${age} ago, ran ${ran} and takes ${humanSize(residentBytes)}`
}
