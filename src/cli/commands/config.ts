import { Option } from 'commander'
import type { Project } from '../../app/index.ts'
import type { CommandContext } from '../command-context.ts'
import { type CommandHost, defineCommand } from '../define-command.ts'
import { EXIT } from '../exit-codes.ts'
import { reportDiagnostics, reportInvalid } from '../report.ts'
import { untilInterrupted } from '../until-interrupted.ts'

interface Values {
  readonly format: 'yaml' | 'json'
  readonly quiet?: boolean
  readonly services?: boolean
  readonly volumes?: boolean
  readonly networks?: boolean
  readonly images?: boolean
  readonly profiles?: boolean
}

/** Adds `config`: checks the file and prints it in canonical form. */
export function addConfigCommand(host: CommandHost): void {
  const command = host.program
    .command('config')
    .alias('convert')
    .description('Check the file and show it in canonical form')
    .addOption(new Option('--format <format>', 'Output format').choices(['yaml', 'json']).default('yaml'))
    .option('-q, --quiet', 'Check only')
    .option('--services', 'Show the names of services')
    .option('--volumes', 'Show the names of volumes')
    .option('--networks', 'Show the names of networks')
    .option('--images', 'Show the images')
    .option('--profiles', 'Show the profiles')
  defineCommand(host, command, config)
}

async function config(context: CommandContext, _args: readonly string[], values: Values): Promise<number> {
  const { ports, request } = context
  const app = await ports.loadApp()
  const {
    project,
    diagnostics,
    text = '',
  } = await untilInterrupted(context, app.config(request, values.format))
  if (project === undefined) return reportInvalid(context, diagnostics)
  reportDiagnostics(context, diagnostics)
  if (values.quiet) return EXIT.done
  const list = listed(project, values)
  const lines = list === undefined ? undefined : [...new Set(list)].sort()
  ports.stdout.write(lines?.map(line => `${line}\n`).join('') ?? text)
  return EXIT.done
}

function listed(project: Project, values: Values): readonly string[] | undefined {
  const services = [...project.services.values()]
  if (values.services) return services.map(({ name }) => name)
  if (values.volumes) return [...project.volumes.keys()]
  if (values.networks) return [...project.networks.keys()]
  if (values.images) return services.map(({ image }) => image)
  return values.profiles ? services.flatMap(({ profiles }) => profiles) : undefined
}
