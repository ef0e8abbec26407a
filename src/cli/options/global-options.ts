import { type Command, Option } from 'commander'
import type { ProjectRequest } from '../../app/index.ts'
import { UsageError } from '../usage-error.ts'
import {
  ANSI_MODES,
  type AnsiMode,
  DIAGNOSTIC_FORMATS,
  type DiagnosticFormat,
  PROGRESS_MODES,
  type ProgressMode,
} from './output-settings.ts'

/** The values of the global options. */
export interface GlobalValues {
  readonly file?: readonly string[]
  readonly projectName?: string
  readonly profile?: readonly string[]
  readonly envFile?: readonly string[]
  readonly projectDirectory?: string
  /** `false` is that of `--no-ansi`. */
  readonly ansi?: AnsiMode | false
  readonly progress?: ProgressMode
  readonly diagnostics?: DiagnosticFormat
  readonly allowUnsupported?: boolean
  readonly allResources?: boolean
  readonly compatibility?: boolean
  readonly dryRun?: boolean
  /** `--workdir`, which `exec` and `run` have for something else. */
  readonly projectWorkdir?: string
  readonly parallel?: number
  /** True of `publish`, which has an option of this name. */
  readonly insecureRegistry?: readonly string[] | true
}

/** Which global options the help of a command has. */
export interface GlobalHelp {
  readonly isHidden: boolean
  /** Long names of those that it has nevertheless. @default none */
  readonly shown?: readonly string[]
}

/**
 * Adds the global options to `command`. They come before the command's name, as in Docker Compose; after it they are
 * accepted too, except those whose letter the command itself uses, and left out of its help.
 */
export function addGlobalOptions(command: Command, { isHidden, shown: named = [] }: GlobalHelp): Command {
  const shown = globalOptions().map(option => option.hideHelp(isHidden && !named.includes(option.long ?? '')))
  const hidden = hiddenOptions().map(option => option.hideHelp())
  for (const option of [...shown, ...hidden]) {
    const isTaken = command.options.some(other => sharesFlag(other, option))
    if (!isTaken) command.addOption(option)
  }
  return command
}

function globalOptions(): readonly Option[] {
  return [
    listOption('-f, --file <path>', 'Compose file, "-" for standard input; repeat to merge more files'),
    new Option('-p, --project-name <name>', 'Project name'),
    listOption('--profile <name>', 'Enable a profile; repeat for more'),
    listOption('--env-file <path>', 'Environment file; repeat for more'),
    new Option('--project-directory <path>', 'Base folder of relative paths'),
    new Option('--ansi <mode>', 'When to use colours and redraw').choices(ANSI_MODES),
    new Option('--progress <mode>', 'How to show progress').choices(PROGRESS_MODES),
    new Option('--diagnostics <format>', 'How to write diagnostics to standard error').choices(
      DIAGNOSTIC_FORMATS,
    ),
    new Option('--allow-unsupported', 'Warn about unsupported keys instead of refusing them'),
    new Option('--parallel <number>', 'Maximum number of steps at a time, -1 for no limit').argParser(
      parseParallel,
    ),
    new Option('--all-resources', 'Include what no service uses: in the output of config, and up makes it'),
    new Option('--dry-run', 'Show what would be done, and do nothing'),
    new Option(
      '--compatibility',
      'Name containers and images as docker-compose of version 1 does: shop_web_1',
    ),
  ]
}

/** Those that docker compose takes and does not show. */
function hiddenOptions(): readonly Option[] {
  return [
    new Option('--verbose', 'Has no effect'),
    workdirOption(),
    new Option('--no-ansi', 'Do what --ansi never does'),
    listOption('--insecure-registry <host>', 'Registry of oci:// that may have no TLS; repeat for more'),
  ]
}

function workdirOption(): Option {
  const option = new Option('--workdir <path>', 'Do what --project-directory does')
  return Object.assign(option, { attributeName: () => 'projectWorkdir' })
}

/** @throws {UsageError} If `text` is no limit. */
function parseParallel(text: string): number {
  if (!/^(?:-1|[1-9]\d{0,8})$/.test(text))
    throw new UsageError(`"${text}" is not a number of steps`, 'Give 1 or more, or -1 for no limit')
  return Number(text)
}

/** Returns how many steps may run at a time: that of `--parallel`, else that of COMPOSE_PARALLEL_LIMIT. */
export function parallelLimit(
  { parallel }: GlobalValues,
  environment: ReadonlyMap<string, string>,
): number | undefined {
  const variable = environment.get('COMPOSE_PARALLEL_LIMIT') ?? ''
  const limit = parallel ?? (variable === '' ? -1 : parseParallel(variable))
  return limit === -1 ? undefined : limit
}

function insecureRegistries({
  insecureRegistry = true,
}: GlobalValues): Pick<ProjectRequest, 'insecureRegistries'> {
  return insecureRegistry === true ? {} : { insecureRegistries: insecureRegistry }
}

/** Returns an option that may be given several times. One that begins with `no-` is `true` where it is not given. */
export function listOption(flags: string, description: string): Option {
  return new Option(flags, description).argParser((value: string, earlier: unknown) => [
    ...(Array.isArray(earlier) ? earlier : []),
    value,
  ])
}

function sharesFlag(a: Option, b: Option): boolean {
  return a.long === b.long || (a.short !== undefined && a.short === b.short)
}

/** Joins the options before the command's name with those after it; lists are concatenated, else the latter win. */
export function mergeGlobals(before: GlobalValues, behind: GlobalValues): GlobalValues {
  const lists = {
    file: [...(before.file ?? []), ...(behind.file ?? [])],
    profile: [...(before.profile ?? []), ...(behind.profile ?? [])],
    envFile: [...(before.envFile ?? []), ...(behind.envFile ?? [])],
  }
  return { ...before, ...behind, ...lists }
}

/** Returns what the global options say about the project. */
export function projectRequest(values: GlobalValues): ProjectRequest {
  return {
    files: values.file ?? [],
    projectName: values.projectName,
    projectDirectory: values.projectDirectory ?? values.projectWorkdir,
    profiles: values.profile ?? [],
    envFiles: values.envFile ?? [],
    allowUnsupported: values.allowUnsupported ?? false,
    compatibility: values.compatibility ?? false,
    ...insecureRegistries(values),
  }
}
