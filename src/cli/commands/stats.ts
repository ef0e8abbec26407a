import { type StatsSample, stats } from '../../app/stats.ts'
import { assertNever } from '../../base/assert-never.ts'
import { firstColumns } from '../../base/display-width.ts'
import type { CliPorts } from '../cli-ports.ts'
import type { CommandContext } from '../command-context.ts'
import { type CommandDefinition, defineCommand } from '../define-command.ts'
import { EXIT } from '../exit-codes.ts'
import { type ListFormat, listFormatOption } from '../options/list-format.ts'
import { reportInvalid } from '../report.ts'
import { untilInterrupted } from '../until-interrupted.ts'
import { Picture } from '../views/picture.ts'
import { safeJson } from '../views/safe-text.ts'
import { STATS_FIELDS, STATS_HEADINGS, type StatsRow, statsRow, statsTable } from '../views/stats-row.ts'
import { textTable } from '../views/text-table.ts'

interface Values {
  readonly all?: boolean
  readonly format: ListFormat
  readonly stream: boolean
  readonly trunc: boolean
}

const INTERVAL_MS = 1000
/** Between the two looks that a share of a processor takes at least. */
const SHORTEST_MS = 500

/** `stats`: shows what containers use, again and again. */
export const command: CommandDefinition = defineCommand<Values>({
  describe: statsCommand =>
    statsCommand
      .description('Show what containers use of processors, memory, networks and disks')
      .argument('[service...]')
      .option('-a, --all', 'Show stopped containers too')
      .addOption(listFormatOption())
      .option('--no-stream', 'Show it once')
      .option('--no-trunc', 'Do not truncate IDs'),
  examples: [
    ['tcompose stats', 'a table that is renewed every second, until Ctrl-C'],
    ['tcompose stats --no-stream --format json web', 'once, for programs'],
  ],
  dryRun: 'reads',
  run: showStats,
})

async function showStats(
  context: CommandContext,
  services: readonly string[],
  { all = false, format, stream, trunc }: Values,
): Promise<number> {
  const { ports, request } = context
  const found = await untilInterrupted(context, ports.call(stats, request, { services, all }))
  if (found.kind === 'invalid') return reportInvalid(context, found.diagnostics)
  const show = async (samples: readonly StatsSample[], before: readonly StatsSample[]): Promise<string> =>
    await statsText(
      samples.map(sample => statsRow(sample, earlierOf(sample, before), !trunc)),
      format,
    )
  const first = await untilInterrupted(context, found.sample())
  if (!stream) {
    await pause(ports, SHORTEST_MS)
    ports.stdout.write(await show(await untilInterrupted(context, found.sample()), first))
    return ports.interrupts.first.aborted ? ports.interrupts.exitCode : EXIT.done
  }
  const view = viewOf(ports, format)
  let before = first
  view.draw(await show(first, []))
  await pause(ports, SHORTEST_MS)
  while (!ports.interrupts.first.aborted && ports.stdout.failure === undefined) {
    const samples = await found.sample()
    view.draw(await show(samples, before))
    before = samples
    await pause(ports, INTERVAL_MS)
  }
  view.end()
  return ports.interrupts.exitCode
}

function earlierOf({ container }: StatsSample, before: readonly StatsSample[]): StatsSample | undefined {
  return before.find(other => other.container.id === container.id)
}

interface StatsView {
  readonly draw: (text: string) => void
  readonly end: () => void
}

/** On a terminal each table takes the place of the one before, and the last one that of the ^C that the terminal shows. */
function viewOf({ stdout }: CliPorts, { kind }: ListFormat): StatsView {
  if (!stdout.isTerminal || kind !== 'table') return { draw: text => stdout.write(text), end: () => {} }
  const picture = new Picture(stdout)
  let last = ''
  const draw = (text: string): void => {
    last = text
    const lines = text
      .trimEnd()
      .split('\n')
      .slice(0, Math.max(1, stdout.rows - 1))
    picture.draw(lines.map(line => firstColumns(line, stdout.columns - 1)))
  }
  return { draw, end: () => draw(last) }
}

/** Ends early with the first Ctrl-C. */
async function pause({ every, interrupts: { first } }: CliPorts, intervalMs: number): Promise<void> {
  if (first.aborted) return
  const { promise, resolve } = Promise.withResolvers<void>()
  const onAbort = (): void => resolve()
  first.addEventListener('abort', onAbort, { once: true })
  const stop = every(intervalMs, resolve)
  await promise
  stop()
  first.removeEventListener('abort', onAbort)
}

async function statsText(rows: readonly StatsRow[], format: ListFormat): Promise<string> {
  switch (format.kind) {
    case 'table':
      return textTable(statsTable(rows))
    case 'json':
      return rows.map(row => `${safeJson(row)}\n`).join('')
    case 'template': {
      const { templateList } = await import('../views/template-list.ts')
      return templateList(
        format,
        rows.map(row => ({ ...row })),
        { fields: STATS_FIELDS, headings: STATS_HEADINGS },
      )
    }
    default:
      return assertNever(format)
  }
}
