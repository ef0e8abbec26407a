import { Option } from 'commander'
import { logs } from '../../app/logs.ts'
import type { CliPorts } from '../cli-ports.ts'
import type { CommandContext } from '../command-context.ts'
import { type CommandDefinition, defineCommand } from '../define-command.ts'
import { EXIT } from '../exit-codes.ts'
import { parseCount, parseIndex } from '../options/option-values.ts'
import { parseTime } from '../options/parse-time.ts'
import { reportInvalid } from '../report.ts'
import { logJson } from '../views/log-json.ts'
import { logView } from '../views/log-view.ts'
import { safeLine } from '../views/safe-text.ts'
import { writeLogEvents } from '../write-log-events.ts'

interface Values {
  readonly follow?: boolean
  readonly tail: number | 'all'
  readonly since?: string
  readonly until?: string
  readonly index?: number
  readonly timestamps?: boolean
  readonly color: boolean
  readonly logPrefix: boolean
  readonly sinceUp?: boolean
  readonly json?: boolean
}

/** `logs`: prints what containers have written. */
export const command: CommandDefinition = defineCommand<Values>({
  describe: (logsCommand, { now }) =>
    logsCommand
      .description('Show the logs of containers')
      .argument('[service...]')
      .option('-f, --follow', 'Follow log output')
      .addOption(
        new Option('-n, --tail <lines>', 'Number of lines to show from the end of each log')
          .argParser(text => (text === 'all' ? text : parseCount(text)))
          .default('all'),
      )
      .addOption(
        new Option('--since <time>', 'Show lines since a time, e.g. 42m or 2026-01-31T08:00:00Z').argParser(
          text => parseTime(text, now()),
        ),
      )
      .addOption(
        new Option('--until <time>', 'Show lines before a time').argParser(text => parseTime(text, now())),
      )
      .addOption(new Option('--index <number>', 'Show one replica only').argParser(parseIndex))
      .option('--since-up', 'Show lines since each container was last started by a command')
      .option('--json', 'Show each line as a line of JSON')
      .option('-t, --timestamps', 'Show timestamps')
      .option('--no-color', 'Show no colours')
      .option('--no-log-prefix', 'Show no prefixes'),
  examples: [
    ['tcompose logs -f web', 'follow one service'],
    ['tcompose logs --since 10m --tail 100', 'the last lines of the last ten minutes'],
  ],
  dryRun: 'reads',
  run: showLogs,
})

async function showLogs(
  context: CommandContext,
  services: readonly string[],
  values: Values,
): Promise<number> {
  const { ports, request, settings } = context
  const result = await ports.call(logs, request, {
    services,
    follow: values.follow ?? false,
    tail: values.tail === 'all' ? undefined : values.tail,
    ...(values.since === undefined ? {} : { since: values.since }),
    ...(values.until === undefined ? {} : { until: values.until }),
    ...(values.index === undefined ? {} : { index: values.index }),
    ...(values.sinceUp === undefined ? {} : { sinceUp: values.sinceUp }),
    signal: ports.interrupts.first,
  })
  if (result.kind === 'invalid') return reportInvalid(context, result.diagnostics)
  for (const name of result.unkept)
    ports.stderr.write(`${safeLine(name)} keeps no logs: its log driver is "none"\n`)
  const format = values.json
    ? logJson
    : logView(result.names, {
        isColored: values.color && settings.isOutputColored,
        hasPrefix: values.logPrefix,
        hasTimestamps: values.timestamps ?? false,
      })
  await writeLogEvents(ports, result.events, { format, signal: ports.interrupts.first })
  if (!ports.interrupts.first.aborted) return EXIT.done
  endInterruptedLine(ports)
  return ports.interrupts.exitCode
}

/** A terminal shows Ctrl-C as `^C`, and leaves the cursor behind it. */
function endInterruptedLine({ stdout, stderr, interrupts }: CliPorts): void {
  const terminal = [stderr, stdout].find(({ isTerminal }) => isTerminal)
  if (interrupts.exitCode === EXIT.interrupted) terminal?.write('\n')
}
