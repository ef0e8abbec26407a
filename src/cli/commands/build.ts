import { Option } from 'commander'
import { build } from '../../app/build.ts'
import { findBuilds } from '../../app/find-builds.ts'
import type { RunHooks } from '../../app/index.ts'
import { inspectBuilds } from '../../app/inspect-builds.ts'
import type { BuildOptions } from '../../app/load-builds.ts'
import { hasErrors } from '../../base/diagnostic.ts'
import type { CommandContext } from '../command-context.ts'
import { type CommandDefinition, defineCommand } from '../define-command.ts'
import { EXIT } from '../exit-codes.ts'
import { addBuildOptions, type BuildValues, buildFlags, ignoredOptions } from '../options/build-options.ts'
import { reportDiagnostics, reportInvalid, reportWarnings } from '../report.ts'
import { runWithProgress } from '../run-with-progress.ts'
import { besideShell, openShell } from '../shell-in-step.ts'
import { untilInterrupted } from '../until-interrupted.ts'
import { UsageError } from '../usage-error.ts'
import { bakeDefinition } from '../views/bake-definition.ts'
import { buildGraphJson, buildGraphText } from '../views/build-graph-text.ts'
import { safeJson } from '../views/safe-text.ts'

interface Values extends BuildValues {
  readonly check?: boolean
  readonly format: 'bake' | 'text' | 'json'
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
      .option('--shell', 'Open a shell in the files of a command that fails')
      .option('--with-dependencies', 'Build the images of dependencies too'),
  progressVariable: 'BUILDKIT_PROGRESS',
  run: async (context, services, values) => {
    assertNoConflict(values)
    const { withDependencies = false, quiet = false } = values
    const options = { services, withDependencies, flags: buildFlags(values) }
    reportWarnings(context, ignoredOptions(values))
    if (values.check) return await check(context, options)
    if (values.print) return await print(context, options, values)
    const settings = quiet ? { ...context.settings, progress: 'quiet' as const } : context.settings
    return values.shell
      ? await buildImages(besideShell(context), options, { ...values, onFailed: openShell(context) })
      : await buildImages({ ...context, settings }, options, values)
  },
})

/** @throws {UsageError} If options contradict each other. */
function assertNoConflict({ check, print, push, shell }: Values): void {
  const given = [
    ...(check ? ['--check'] : []),
    ...(print ? ['--print'] : []),
    ...(push && !print ? ['--push'] : []),
    ...(shell ? ['--shell'] : []),
  ]
  if (given.length < 2 || !(check || print)) return
  throw new UsageError(`${given[0]} and ${given[1]} cannot be combined`, 'Leave one of them out')
}

async function buildImages(
  context: CommandContext,
  options: BuildOptions,
  { push = false, onFailed }: Values & { readonly onFailed?: RunHooks['onFailedBuildStep'] },
): Promise<number> {
  const { ports, request } = context
  let count = 0
  const code = await runWithProgress(context, {
    title: 'build',
    run: async hooks => {
      const watched = { ...hooks, onFailedBuildStep: onFailed }
      const result = await ports.call(build, { request, options: { ...options, push }, hooks: watched })
      if (result.kind === 'ran') count = result.plan.steps.length
      return result
    },
  })
  if (code === EXIT.done && count === 0) ports.stderr.write('No services to build\n')
  return code
}

/** As docker does, ends with 1 where there is a warning. */
async function check(context: CommandContext, options: BuildOptions): Promise<number> {
  const { ports, request } = context
  const work = ports.call(inspectBuilds, request, { ...options, lint: true })
  const result = await untilInterrupted(context, work)
  if (result.kind === 'invalid') return reportInvalid(context, result.diagnostics)
  reportDiagnostics(context, result.diagnostics)
  const found = result.builds.flatMap(({ inspection }) => inspection.diagnostics)
  reportDiagnostics(context, found)
  if (hasErrors(found)) return EXIT.badInput
  if (found.length > 0) return EXIT.failed
  const text = result.builds.length === 0 ? 'No services to build' : 'Check complete, no warnings found.'
  ports.stdout.write(`${text}\n`)
  return EXIT.done
}

async function print(
  context: CommandContext,
  options: BuildOptions,
  { format, push = false }: Values,
): Promise<number> {
  if (format !== 'bake') return await printSteps(context, options, format)
  const { ports, request } = context
  const result = await untilInterrupted(context, ports.call(findBuilds, request, options))
  if (result.kind === 'invalid') return reportInvalid(context, result.diagnostics)
  reportDiagnostics(context, result.diagnostics)
  ports.stdout.write(`${safeJson(bakeDefinition(result.builds, { push }), 2)}\n`)
  return EXIT.done
}

async function printSteps(
  context: CommandContext,
  options: BuildOptions,
  format: 'text' | 'json',
): Promise<number> {
  const { ports, request } = context
  const work = ports.call(inspectBuilds, request, { ...options, lint: false })
  const result = await untilInterrupted(context, work)
  if (result.kind === 'invalid') return reportInvalid(context, result.diagnostics)
  reportDiagnostics(context, result.diagnostics)
  const { builds } = result
  const found = builds.flatMap(({ inspection }) => inspection.diagnostics)
  if (hasErrors(found)) return reportInvalid(context, found)
  ports.stdout.write(format === 'json' ? `${safeJson(buildGraphJson(builds), 2)}\n` : buildGraphText(builds))
  return EXIT.done
}
