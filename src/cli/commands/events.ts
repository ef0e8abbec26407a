import { Option } from 'commander'
import { events } from '../../app/events.ts'
import type { CommandContext } from '../command-context.ts'
import { type CommandDefinition, defineCommand } from '../define-command.ts'
import { EXIT } from '../exit-codes.ts'
import { parseTime } from '../options/parse-time.ts'
import { reportInvalid } from '../report.ts'
import { untilInterrupted } from '../until-interrupted.ts'
import { eventJson, eventText } from '../views/event-text.ts'

interface Values {
  readonly json?: boolean
  /** Milliseconds since the epoch. */
  readonly since?: number
  readonly until?: number
}

/** `events`: tells what happens to containers, until Ctrl-C. */
export const command: CommandDefinition = defineCommand<Values>({
  describe: (eventsCommand, ports) => {
    const time = (text: string): number => Date.parse(parseTime(text, ports.now()))
    eventsCommand
      .description('Tell what happens to containers, as it happens')
      .argument('[service...]')
      .option('--json', 'Write each event as a line of JSON')
      .addOption(
        new Option('--since <time>', 'Tell what has happened since a time first, e.g. 42m').argParser(time),
      )
      .addOption(new Option('--until <time>', 'Tell what happens until a time, and end').argParser(time))
  },
  examples: [
    ['tcompose events', 'starts, ends, health and pauses of all containers, until Ctrl-C'],
    ['tcompose events --json --since 1h --until 0s web', 'of the last hour, of one service, for programs'],
  ],
  dryRun: 'reads',
  run: showEvents,
})

async function showEvents(
  context: CommandContext,
  services: readonly string[],
  { json = false, since, until }: Values,
): Promise<number> {
  const { ports, request } = context
  const signal = ports.interrupts.first
  const found = await untilInterrupted(
    context,
    ports.call(events, request, { services, since, until, signal }),
  )
  if (found.kind === 'invalid') return reportInvalid(context, found.diagnostics)
  for await (const event of found.events) {
    ports.stdout.write(`${json ? eventJson(event) : eventText(event)}\n`)
    await ports.stdout.flush?.()
    if (ports.stdout.failure !== undefined) return EXIT.failed
  }
  return signal.aborted ? ports.interrupts.exitCode : EXIT.done
}
