import { Option } from 'commander'
import type { ConfigResult } from '../../app/index.ts'
import type { CommandContext } from '../command-context.ts'
import { type CommandHost, defineCommand } from '../define-command.ts'
import { EXIT } from '../exit-codes.ts'
import { reportDiagnostics, reportInvalid } from '../report.ts'
import { untilInterrupted } from '../until-interrupted.ts'
import { safeText } from '../views/safe-text.ts'
import { variablesText } from '../views/variables-text.ts'
import { type ConfigValues, configView } from './config-view.ts'

interface Values extends ConfigValues {
  readonly output?: string
  /** True without a path. */
  readonly explain?: string | true
}

/** Adds `config`: checks the file and prints it in canonical form, or some part of what it says. */
export function addConfigCommand(host: CommandHost): void {
  const command = host.program
    .command('config')
    .alias('convert')
    .description('Check the file and show it in canonical form')
    .argument('[service...]')
    .addOption(
      new Option('--format <format>', 'Output format; "table" for --variables alone').choices([
        'yaml',
        'json',
        'table',
      ]),
    )
    .option('-q, --quiet', 'Check only')
    .option('-o, --output <path>', 'Write to a file')
    .option('--explain [path]', 'Show where values come from, e.g. of services.web.image')
    .option('--services', 'Show the names of services')
    .option('--volumes', 'Show the names of volumes')
    .option('--networks', 'Show the names of networks')
    .option('--models', 'Show the names of models')
    .option('--images', 'Show the images')
    .option('--profiles', 'Show the profiles')
    .option('--hash <services>', 'Show the configuration hash of services, joined by commas; "*" is all')
    .option('--environment', 'Show what variables are replaced with')
    .option('--variables', 'Show the variables of the file and their defaults')
    .option('--no-interpolate', 'Leave variables as they are')
    .option('--no-normalize', 'Leave defaults out')
    .option('--no-path-resolution', 'Leave relative paths as they are')
    .option('--no-consistency', 'Do not check what belongs together')
    .option('--no-env-resolution', 'Leave env files out')
    .option('--resolve-image-digests', 'Name images by their digests')
    .option('--lock-image-digests', 'Show a file that names images by their digests, to merge over this one')
    .option('--all-resources', 'Show networks, volumes, secrets and configs that no service uses too')
  defineCommand(host, command, config)
}

async function config(context: CommandContext, services: readonly string[], values: Values): Promise<number> {
  if (values.explain !== undefined) {
    const { explainValues } = await import('./explain-values.ts')
    return explainValues(
      context,
      values.explain === true ? undefined : values.explain,
      values.format === 'json',
    )
  }
  const { ports, request } = context
  const view = configView(services, { ...values, allResources: context.showsAllResources })
  const app = await ports.loadApp()
  const result = await untilInterrupted(context, app.config(request, view))
  if (result.kind === 'invalid') return reportInvalid(context, result.diagnostics)
  reportDiagnostics(context, result.diagnostics)
  const text = textOf(result, values)
  if (values.output !== undefined && !values.quiet) await writeText(context, values.output, text)
  else ports.stdout.write(ports.stdout.isTerminal ? safeText(text) : text)
  return EXIT.done
}

async function writeText({ ports }: CommandContext, path: string, text: string): Promise<void> {
  const { writeOutputFile } = await import('../output-file.ts')
  const options = { mode: 0o666 & ~ports.callerUmask, signal: ports.interrupts.first }
  await writeOutputFile(path, options, write => write(Buffer.from(text)))
}

function textOf(result: Exclude<ConfigResult, { kind: 'invalid' }>, { format = 'table' }: Values): string {
  switch (result.kind) {
    case 'text':
      return result.text
    case 'lines':
      return result.lines.map(line => `${line}\n`).join('')
    case 'variables':
      return variablesText(result.variables, format)
  }
}
