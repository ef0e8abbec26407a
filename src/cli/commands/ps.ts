import { Option } from 'commander'
import { findContainers } from '../../app/find-containers.ts'
import type { ObservedContainer } from '../../app/index.ts'
import { assertNever } from '../../base/assert-never.ts'
import { isNamed } from '../../base/named-services.ts'
import type { CommandContext } from '../command-context.ts'
import { type CommandDefinition, defineCommand } from '../define-command.ts'
import { EXIT } from '../exit-codes.ts'
import { listOption } from '../options/global-options.ts'
import { type ListFormat, listFormatOption } from '../options/list-format.ts'
import { psFormat } from '../options/ps-format.ts'
import { reportInvalid } from '../report.ts'
import { unknownService } from '../unknown-service.ts'
import { untilInterrupted } from '../until-interrupted.ts'
import { UsageError } from '../usage-error.ts'
import { type StateName, stateName } from '../views/container-words.ts'
import { PS_FIELDS, PS_HEADINGS, psEntry, psJson } from '../views/ps-json.ts'
import { psNotes } from '../views/ps-notes.ts'
import { psTable } from '../views/ps-table.ts'
import { safeJson } from '../views/safe-text.ts'

interface Values {
  readonly all?: boolean
  readonly format?: ListFormat
  readonly quiet?: boolean
  readonly services?: boolean
  readonly status?: readonly string[]
  readonly filter?: readonly string[]
  readonly trunc: boolean
  readonly orphans: boolean
}

/** `ps`: lists containers. */
export const command: CommandDefinition = defineCommand<Values>({
  describe: ps =>
    ps
      .description('List containers')
      .argument('[service...]')
      .option('-a, --all', 'Show stopped containers too')
      .addOption(listFormatOption({ hasDefault: false }))
      .option('-q, --quiet', 'Show container IDs only')
      .option('--services', 'Show service names only')
      .addOption(listOption('--status <status>', 'Show containers of this status only; repeat for more'))
      .addOption(listOption('--filter <status=status>', 'Do what --status does; repeat for more'))
      .option('--no-trunc', 'Do not truncate commands')
      .option('--no-orphans', 'Leave out containers of services that the file does not declare')
      .addOption(new Option('--orphans').default(true).hideHelp()),
  examples: [
    ['tcompose ps', 'what runs'],
    ['tcompose ps -a --filter status=exited', 'what has ended'],
    ["tcompose ps --format '{{.Service}} {{.State}}'", 'a line of your own for each container'],
  ],
  dryRun: 'reads',
  run: listContainers,
})

async function listContainers(
  context: CommandContext,
  services: readonly string[],
  values: Values,
): Promise<number> {
  const { ports, request } = context
  const result = await untilInterrupted(context, ports.call(findContainers, request))
  if (result.kind === 'invalid') return reportInvalid(context, result.diagnostics)
  const unknown = unknownService(result, services)
  if (unknown !== undefined) return reportInvalid(context, [unknown])
  const containers = [...result.containers, ...((values.all && result.oneOffs) || [])]
    .filter(container => isNamed(services, container.service))
    .filter(container => values.orphans || result.services?.includes(container.service) !== false)
    .filter(container => isShown(container, values))
  const now = ports.now()
  const format = values.format ?? psFormat(ports) ?? { kind: 'table' }
  ports.stdout.write(await psText(containers, { values, format, project: result.project, now }))
  if (isTable(values, format)) for (const note of psNotes(containers, now)) ports.stderr.write(`${note}\n`)
  return EXIT.done
}

/** What follows a table is for people, and programs that parse tables read standard output alone. */
function isTable({ quiet, services }: Values, format: ListFormat): boolean {
  return !quiet && !services && format.kind === 'table'
}

function isShown(container: ObservedContainer, { all, status = [], filter = [] }: Values): boolean {
  const state = stateName(container)
  const wanted = [...status, ...filter.map(statusOf)]
  if (wanted.length > 0) return wanted.includes(state)
  return all === true || SHOWN.has(state)
}

const SHOWN: ReadonlySet<StateName> = new Set(['running', 'paused', 'restarting', 'dead'])

/** @throws {UsageError} If `text` is no filter. */
function statusOf(text: string): string {
  const status = /^status=(.*)$/.exec(text)?.[1]
  if (status === undefined)
    throw new UsageError(`there is no filter "${text}"`, 'Write --filter status=STATUS')
  return status
}

interface PsTextOptions {
  readonly values: Values
  readonly format: ListFormat
  readonly project: string
  readonly now: number
}

async function psText(
  containers: readonly ObservedContainer[],
  { values, format, project, now }: PsTextOptions,
): Promise<string> {
  const lines = (items: Iterable<string>): string => [...items].map(item => `${item}\n`).join('')
  if (values.quiet) return lines(containers.map(({ id }) => id))
  if (values.services) return lines(new Set(containers.map(({ service }) => service)))
  switch (format.kind) {
    case 'table':
      return psTable(containers, { now, isWhole: !values.trunc })
    case 'json':
      return lines(containers.map(container => safeJson(psJson(container, project, now))))
    case 'template': {
      const { templateList } = await import('../views/template-list.ts')
      return templateList(
        format,
        containers.map(container => psEntry(container, project, now)),
        { fields: PS_FIELDS, headings: PS_HEADINGS },
      )
    }
    default:
      return assertNever(format)
  }
}
