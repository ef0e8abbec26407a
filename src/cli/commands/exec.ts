import { Option } from 'commander'
import type { CommandContext } from '../command-context.ts'
import { type CommandHost, defineCommand } from '../define-command.ts'
import { listOption } from '../options/global-options.ts'
import { parseIndex } from '../options/option-values.ts'
import { reportFailure, reportInvalid } from '../report.ts'
import { untilInterrupted } from '../until-interrupted.ts'
import { UsageError } from '../usage-error.ts'

interface Values {
  readonly detach?: boolean
  readonly env?: readonly string[]
  readonly index: number
  readonly tty: boolean
  readonly privileged?: boolean
  readonly user?: string
  readonly workdir?: string
}

/** Adds `exec`: runs a command in a running container and passes its exit code on. */
export function addExecCommand(host: CommandHost): void {
  const command = host.program
    .command('exec')
    .description('Run a command in a running container')
    .argument('<service>')
    .argument('<command...>')
    .passThroughOptions()
    .option('-d, --detach', 'Run in the background')
    .addOption(listOption('-e, --env <name=value>', 'Set a variable; repeat for more'))
    .addOption(new Option('--index <number>', 'Which replica').argParser(parseIndex).default(1))
    .option('-T, --no-tty', 'Give the command no terminal')
    // What is the default, by the flags of docker exec.
    .addOption(new Option('-i, --interactive').hideHelp())
    .addOption(new Option('-t, --tty').default(true).hideHelp())
    .option('--privileged', 'Give the command every privilege')
    .option('-u, --user <user>', 'User to run as')
    .option('-w, --workdir <path>', 'Working directory')
  defineCommand(host, command, exec)
}

async function exec(context: CommandContext, args: readonly string[], values: Values): Promise<number> {
  const { ports, request } = context
  const [service, ...argv] = args
  if (service === undefined || argv.length === 0) throw new UsageError('missing command')
  const app = await ports.loadApp()
  const running = app.exec(request, {
    service,
    argv,
    index: values.index,
    environment: (values.env ?? []).flatMap(line => environmentLine(line, ports.environment)),
    workingDir: values.workdir || undefined,
    user: values.user || undefined,
    privileged: values.privileged ?? false,
    tty: values.tty && !values.detach && ports.isInputTerminal && ports.stdout.isTerminal,
    detach: values.detach ?? false,
  })
  // A process without a terminal ends when this one leaves: the keeper kills it when its client hangs up.
  const result = await untilInterrupted(context, running)
  if (result.kind === 'invalid') return reportInvalid(context, result.diagnostics)
  if (result.kind === 'not-started') reportFailure(context, result.error)
  return result.exitCode
}

/** A bare name takes the value that this process has; without one, the variable is left out. */
function environmentLine(line: string, environment: ReadonlyMap<string, string>): readonly string[] {
  if (line.includes('=')) return [line]
  const value = environment.get(line)
  return value === undefined ? [] : [`${line}=${value}`]
}
