import type { ObservedContainer } from '../../app/index.ts'
import { ls, type ProjectSummary } from '../../app/ls.ts'
import { assertNever } from '../../base/assert-never.ts'
import type { CommandContext } from '../command-context.ts'
import { type CommandDefinition, defineCommand } from '../define-command.ts'
import { EXIT } from '../exit-codes.ts'
import { listOption } from '../options/global-options.ts'
import { type ListFormat, listFormatOption } from '../options/list-format.ts'
import { untilInterrupted } from '../until-interrupted.ts'
import { UsageError } from '../usage-error.ts'
import { stateName } from '../views/container-words.ts'
import { safeJson } from '../views/safe-text.ts'
import { textTable } from '../views/text-table.ts'

interface Values {
  readonly all?: boolean
  readonly format: ListFormat
  readonly filter?: readonly string[]
  readonly quiet?: boolean
}

/** `ls`: lists the projects that run something, or with `--all` every one that has a container. */
export const command: CommandDefinition = defineCommand<Values>({
  describe: lsCommand =>
    lsCommand
      .description('List projects')
      .option('-a, --all', 'Show stopped projects too')
      .addOption(listFormatOption())
      .addOption(listOption('--filter <name=pattern>', 'Show projects whose name matches'))
      .option('-q, --quiet', 'Show names only'),
  examples: [
    ['tcompose ls -a', 'every project that has a container'],
    ['tcompose ls --filter name=^shop', 'projects by name'],
  ],
  dryRun: 'reads',
  run: listProjects,
})

async function listProjects(
  context: CommandContext,
  _args: readonly string[],
  values: Values,
): Promise<number> {
  const { ports } = context
  const patterns = (values.filter ?? []).map(namePattern)
  const projects = (await untilInterrupted(context, ports.call(ls)))
    .filter(({ name }) => patterns.every(pattern => pattern.test(name)))
    .filter(project => values.all || isShownAlways(project))
  ports.stdout.write(await projectsText(projects, values))
  return EXIT.done
}

/** A project whose record cannot be read may run something. */
function isShownAlways({ containers, unreadable }: ProjectSummary): boolean {
  return unreadable !== undefined || containers.some(isUp)
}

/** @throws {UsageError} If `text` is no filter on names. */
function namePattern(text: string): RegExp {
  const pattern = /^name=(.*)$/.exec(text)?.[1]
  if (pattern === undefined)
    throw new UsageError(`there is no filter "${text}"`, 'Write --filter name=PATTERN')
  try {
    return new RegExp(pattern)
  } catch {
    throw new UsageError(`"${pattern}" is not a regular expression`)
  }
}

async function projectsText(projects: readonly ProjectSummary[], { quiet, format }: Values): Promise<string> {
  if (quiet) return projects.map(({ name }) => `${name}\n`).join('')
  const rows = projects.map(project => ({
    Name: project.name,
    Status: statusText(project),
    ConfigFiles: project.files.join(','),
  }))
  switch (format.kind) {
    case 'table':
      return textTable([
        ['NAME', 'STATUS', 'CONFIG FILES'],
        ...rows.map(({ Name, Status, ConfigFiles }) => [Name, Status, ConfigFiles]),
      ])
    case 'json':
      return `${safeJson(rows)}\n`
    case 'template': {
      const { templateList } = await import('../views/template-list.ts')
      return templateList(format, rows, { fields: ['Name', 'Status', 'ConfigFiles'] })
    }
    default:
      return assertNever(format)
  }
}

function isUp(container: ObservedContainer): boolean {
  const state = stateName(container)
  return state === 'running' || state === 'paused' || state === 'dead'
}

/** E.g. `exited(1), running(2)`; `damaged` or `later version` of a project whose record cannot be read. */
function statusText({ containers, unreadable }: ProjectSummary): string {
  if (unreadable !== undefined) return unreadable.code === 'state-version' ? 'later version' : 'damaged'
  const states = Map.groupBy(containers, stateName)
  return [...states]
    .map(([state, members]) => `${state}(${members.length})`)
    .sort()
    .join(', ')
}
