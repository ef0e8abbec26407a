import { Option } from 'commander'
import { build } from '../../app/build.ts'
import type { RunHooks } from '../../app/index.ts'
import type { BuildCall } from '../../app/load-builds.ts'
import { checkBuilds } from '../check-builds.ts'
import type { CommandContext } from '../command-context.ts'
import { type CommandDefinition, defineCommand } from '../define-command.ts'
import { EXIT } from '../exit-codes.ts'
import { addBuildOptions, type BuildValues, buildFlags, ignoredOptions } from '../options/build-options.ts'
import { printBuildPlan } from '../print-build-plan.ts'
import { type BuildsFormat, printBuilds } from '../print-builds.ts'
import { reportWarnings } from '../report.ts'
import { runWithProgress } from '../run-with-progress.ts'
import { besideShell, openShell } from '../shell-in-step.ts'
import { UsageError } from '../usage-error.ts'

interface Values extends BuildValues {
  readonly check?: boolean
  readonly format: BuildsFormat
  readonly print?: boolean
  readonly push?: boolean
  readonly quiet?: boolean
  readonly shell?: boolean
  readonly withDependencies?: boolean
}

/** `build`: builds the images of services; with `--check` or `--print`, reads their Dockerfiles only. */
export const command: CommandDefinition = defineCommand<Values>({
  describe: buildCommand =>
    addBuildOptions(buildCommand.description('Build service images').argument('[service...]'))
      .option('--check', 'Look for likely mistakes in the Dockerfiles, and build nothing')
      .option(
        '--print',
        'Show what would be built as a definition for "docker buildx bake", and build nothing',
      )
      .addOption(
        new Option('--format <format>', 'What --print writes: a definition for bake, or the steps')
          .choices(['bake', 'text', 'json'])
          .default('bake'),
      )
      .option('--push', 'Push the images that have a name of their own')
      .option('-q, --quiet', 'Show no progress')
      .option('--shell', 'Open a shell in the files of a command that fails, as it left them')
      .option('--with-dependencies', 'Build the images of dependencies too'),
  examples: [
    ['tcompose build', 'build what has changed'],
    ['tcompose build --no-cache web', 'run every step again'],
    ['tcompose build --check', 'look for mistakes in Dockerfiles'],
    ['tcompose build --shell web', 'look around where a command fails'],
  ],
  dryRun: 'plans',
  progressVariable: 'BUILDKIT_PROGRESS',
  run: async (context, services, values) => {
    assertNoConflict(values, context.isDryRun)
    const { withDependencies = false, quiet = false } = values
    const options = { services, withDependencies, flags: buildFlags(values) }
    reportWarnings(context, ignoredOptions(values))
    if (values.check) return await checkBuilds(context, options)
    const call = { ...options, push: values.push ?? false }
    if (values.print) return await printBuilds(context, call, values.format)
    if (context.isDryRun) return await printBuildPlan(context, call)
    const settings = quiet ? { ...context.settings, progress: 'quiet' as const } : context.settings
    return values.shell
      ? await buildImages(besideShell(context), call, openShell(context))
      : await buildImages({ ...context, settings }, call)
  },
})

/** @throws {UsageError} If options contradict each other. */
function assertNoConflict({ check, print, shell, push }: Values, isDryRun: boolean): void {
  const modes = [
    ...(check ? ['--check'] : []),
    ...(print ? ['--print'] : []),
    ...(isDryRun ? ['--dry-run'] : []),
    ...(shell ? ['--shell'] : []),
    ...(push && check ? ['--push'] : []),
  ]
  if (modes.length < 2) return
  throw new UsageError(`${modes[0]} and ${modes[1]} cannot be combined`, 'Leave one of them out')
}

async function buildImages(
  context: CommandContext,
  options: BuildCall,
  onFailedBuildStep?: RunHooks['onFailedBuildStep'],
): Promise<number> {
  const { ports, request } = context
  let count = 0
  const code = await runWithProgress(context, {
    title: 'build',
    run: async hooks => {
      const result = await ports.call(build, { request, options, hooks: { ...hooks, onFailedBuildStep } })
      if (result.kind === 'ran') count = result.plan.steps.length
      return result
    },
  })
  if (code === EXIT.done && count === 0) ports.stderr.write('No services to build\n')
  return code
}
