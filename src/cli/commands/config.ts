import { Option } from 'commander'
import { config } from '../../app/config.ts'
import type { ConfigResult } from '../../app/config-view.ts'
import type { CommandContext } from '../command-context.ts'
import { type CommandDefinition, defineCommand } from '../define-command.ts'
import { EXIT } from '../exit-codes.ts'
import { type ConfigValues, configView } from '../options/config-view.ts'
import { reportDiagnostics, reportInvalid, reportWarnings } from '../report.ts'
import { untilInterrupted } from '../until-interrupted.ts'
import { safeText } from '../views/safe-text.ts'
import { variablesText } from '../views/variables-text.ts'

interface Values extends ConfigValues {
  readonly output?: string
  /** True without a path. */
  readonly explain?: string | true
}

/** `config`: checks the file and prints it in canonical form, or some part of what it says. */
export const command: CommandDefinition = defineCommand<Values>({
  describe: configCommand =>
    configCommand
      .alias('convert')
      .description('Check the file and show it in canonical form')
      .argument('[service...]')
      .addOption(
        new Option('--format <format>', 'Output format; "table" with --variables only').choices([
          'yaml',
          'json',
          'table',
        ]),
      )
      .option('-q, --quiet', 'Check only')
      .option('-o, --output <path>', 'Write to a file')
      .option('--explain [path]', 'Show where values come from, e.g. of services.web.image')
      .option('--services', 'Show service names')
      .option('--volumes', 'Show volume names')
      .option('--networks', 'Show network names')
      .option('--models', 'Show model names')
      .option('--images', 'Show image names')
      .option('--profiles', 'Show profile names')
      .option(
        '--hash <services>',
        'Show the configuration hashes of services, separated by commas; "*" is all',
      )
      .option('--environment', 'Show the variables that interpolation can use')
      .option('--variables', 'Show the variables of the file and their defaults')
      .option('--no-interpolate', 'Do not interpolate variables')
      .option('--no-normalize', 'Do not add defaults')
      .option('--no-path-resolution', 'Do not resolve relative paths')
      .option('--no-consistency', 'Do not check that the file is consistent')
      .option('--no-env-resolution', 'Do not read env files')
      .option('--resolve-image-digests', 'Pin images to their digests')
      .option('--lock-image-digests', 'Show an override file that pins images to their digests')
      .option('--all-resources', 'Include networks, volumes, secrets and configs that no service uses'),
  examples: [
    ['tcompose config', 'the file with everything resolved'],
    ['tcompose config -q', 'only check it'],
    ['tcompose config --services', 'names of services'],
    ['tcompose config --explain', 'where each value comes from'],
  ],
  dryRun: 'reads',
  run: show,
})

async function show(context: CommandContext, services: readonly string[], values: Values): Promise<number> {
  if (values.explain !== undefined) {
    const { printExplanation } = await import('../print-explanation.ts')
    return printExplanation(
      context,
      values.explain === true ? undefined : values.explain,
      values.format === 'json',
    )
  }
  const { ports, request } = context
  const view = configView(services, { ...values, allResources: context.showsAllResources })
  if (view.kind === 'variables' && services.length > 0)
    reportWarnings(context, ['service filtering is not applied when --variables is set'])
  const result = await untilInterrupted(context, ports.call(config, request, view))
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
