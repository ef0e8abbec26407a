import { Option } from 'commander'
import { hasErrors } from '../../base/diagnostic.ts'
import type { CommandContext } from '../command-context.ts'
import { type CommandHost, defineCommand } from '../define-command.ts'
import { EXIT } from '../exit-codes.ts'
import { listOption } from '../options/global-options.ts'
import { reportDiagnostics, reportInvalid } from '../report.ts'
import { untilInterrupted } from '../until-interrupted.ts'

/**
 * Adds `build`, which clients call before `up` whatever the file says. Nothing is built by this version: a service with
 * `build:` is refused as everywhere, and where no service has it there is nothing to do.
 */
export function addBuildCommand(host: CommandHost): void {
  const command = host.program
    .command('build', { hidden: true })
    .description('Check that there is nothing to build')
    .argument('[service...]')
  for (const flag of ['--no-cache', '--pull', '--push', '-q, --quiet', '--with-dependencies', '--check'])
    command.addOption(new Option(flag).hideHelp())
  for (const flag of ['--build-arg <arg>', '--ssh <key>']) command.addOption(listOption(flag, '').hideHelp())
  for (const flag of ['--builder <name>', '-m, --memory <size>', '--provenance <mode>', '--sbom <mode>'])
    command.addOption(new Option(flag).hideHelp())
  defineCommand(host, command, build)
}

async function build(context: CommandContext, services: readonly string[]): Promise<number> {
  const { ports, request } = context
  const app = await ports.loadApp()
  const loading = app.loadProject({ ...request, allowUnsupported: false }, services)
  const { project, diagnostics } = await untilInterrupted(context, loading)
  if (project === undefined || hasErrors(diagnostics)) return reportInvalid(context, diagnostics)
  reportDiagnostics(context, diagnostics)
  ports.stderr.write('No services to build\n')
  return EXIT.done
}
