import type { ObservedContainer, ProjectSummary } from '../../app/index.ts'
import type { CommandContext } from '../command-context.ts'
import { EXIT } from '../exit-codes.ts'
import { untilInterrupted } from '../until-interrupted.ts'
import { UsageError } from '../usage-error.ts'
import { stateName } from '../views/container-words.ts'
import { safeJson } from '../views/safe-text.ts'
import { textTable } from '../views/text-table.ts'

export interface LsValues {
  readonly all?: boolean
  readonly format: 'table' | 'json'
  readonly filter?: readonly string[]
  readonly quiet?: boolean
}

/** Writes the projects that run something, or with `--all` every one that has a container. */
export async function listProjects(context: CommandContext, values: LsValues): Promise<number> {
  const patterns = (values.filter ?? []).map(namePattern)
  const app = await context.ports.loadApp()
  const projects = (await untilInterrupted(context, app.projects()))
    .filter(({ name }) => patterns.every(pattern => pattern.test(name)))
    .filter(project => values.all || isShownAlways(project))
  context.ports.stdout.write(projectsText(projects, values))
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
    throw new UsageError(`"${pattern}" is no regular expression`)
  }
}

function projectsText(projects: readonly ProjectSummary[], { quiet, format }: LsValues): string {
  if (quiet) return projects.map(({ name }) => `${name}\n`).join('')
  const rows = projects.map(project => ({
    Name: project.name,
    Status: statusText(project),
    ConfigFiles: project.files.join(','),
  }))
  if (format === 'json') return `${safeJson(rows)}\n`
  return textTable([
    ['NAME', 'STATUS', 'CONFIG FILES'],
    ...rows.map(({ Name, Status, ConfigFiles }) => [Name, Status, ConfigFiles]),
  ])
}

function isUp(container: ObservedContainer): boolean {
  const state = stateName(container)
  return state === 'running' || state === 'dead'
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
