import { Option } from 'commander'
import { loadRequested } from '../../app/find-project.ts'
import { hasErrors } from '../../base/diagnostic.ts'
import type { CommandContext } from '../command-context.ts'
import { type CommandDefinition, defineCommand } from '../define-command.ts'
import { EXIT } from '../exit-codes.ts'
import { listOption } from '../options/global-options.ts'
import { reportDiagnostics, reportInvalid } from '../report.ts'
import { untilInterrupted } from '../until-interrupted.ts'

/**
 * `build`, which clients call before `up` whatever the file says. This version builds nothing: a service with `build:` is
 * refused as everywhere, and where no service has it there is nothing to do.
 */
export const command: CommandDefinition = defineCommand({
  isHidden: true,
  describe: build => {
    build.description('Check that there is nothing to build').argument('[service...]')
    for (const flag of ['--no-cache', '--pull', '--push', '-q, --quiet', '--with-dependencies', '--check'])
      build.addOption(new Option(flag).hideHelp())
    for (const flag of ['--build-arg <arg>', '--ssh <key>']) build.addOption(listOption(flag, '').hideHelp())
    for (const flag of ['--builder <name>', '-m, --memory <size>', '--provenance <mode>', '--sbom <mode>'])
      build.addOption(new Option(flag).hideHelp())
  },
  run: checkNothingToBuild,
})

async function checkNothingToBuild(context: CommandContext, services: readonly string[]): Promise<number> {
  const { ports, request } = context
  const loading = ports.call(loadRequested, { ...request, allowUnsupported: false }, services)
  const { project, diagnostics } = await untilInterrupted(context, loading)
  if (project === undefined || hasErrors(diagnostics)) return reportInvalid(context, diagnostics)
  reportDiagnostics(context, diagnostics)
  ports.stderr.write('No services to build\n')
  return EXIT.done
}
