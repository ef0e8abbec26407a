import { Option } from 'commander'
import { exec } from '../../app/exec.ts'
import type { ExecIo } from '../../app/index.ts'
import type { CliPorts } from '../cli-ports.ts'
import type { CommandContext } from '../command-context.ts'
import { type CommandDefinition, defineCommand } from '../define-command.ts'
import { detachableTerminal } from '../detachable-terminal.ts'
import { listOption } from '../options/global-options.ts'
import { parseIndex } from '../options/option-values.ts'
import { reportFailure, reportInvalid } from '../report.ts'
import { untilInterrupted } from '../until-interrupted.ts'
import { UsageError } from '../usage-error.ts'

interface Values {
  readonly detach?: boolean
  readonly env?: readonly string[]
  readonly index?: number
  readonly tty: boolean
  readonly privileged?: boolean
  readonly user?: string
  readonly workdir?: string
}

/** `exec`: runs a command in a running container and passes its exit code on. */
export const command: CommandDefinition = defineCommand<Values>({
  describe: execCommand =>
    execCommand
      .description('Run a command in a running container')
      .argument('<service>')
      .argument('<command...>')
      .passThroughOptions()
      .option('-d, --detach', 'Run in the background')
      .addOption(listOption('-e, --env <name=value>', 'Set an environment variable; repeat for more'))
      .addOption(new Option('--index <number>', 'Number of the replica').argParser(parseIndex))
      .option('-T, --no-tty', 'Do not allocate a terminal')
      // What is the default, by the flags of docker exec.
      .addOption(new Option('-i, --interactive').hideHelp())
      .addOption(new Option('-t, --tty').default(true).hideHelp())
      .option('--privileged', 'Give the command all privileges')
      .option('-u, --user <user>', 'User to run as')
      .option('-w, --workdir <path>', 'Working directory'),
  examples: [
    ['tcompose exec web sh', 'a shell in a container'],
    ['tcompose exec -T db pg_dump shop > shop.sql', 'output into a file'],
    ['tcompose exec -u root -e DEBUG=1 web ./check', 'as another user, with a variable'],
  ],
  run: runIn,
})

async function runIn(context: CommandContext, args: readonly string[], values: Values): Promise<number> {
  const { ports, request } = context
  const [service, ...argv] = args
  if (service === undefined || argv.length === 0) throw new UsageError('missing command')
  const running = ports.call(exec, request, {
    service,
    argv,
    index: values.index,
    environment: (values.env ?? []).flatMap(line => environmentLine(line, ports.environment)),
    workingDir: values.workdir || undefined,
    user: values.user || undefined,
    privileged: values.privileged ?? false,
    signal: ports.interrupts.first,
    io: ioOf(ports, values),
  })
  const result = await untilInterrupted(context, running)
  if (result.kind === 'invalid') return reportInvalid(context, result.diagnostics)
  if (result.kind === 'not-started') reportFailure(context, result.error)
  return result.exitCode
}

function ioOf(ports: CliPorts, { tty, detach }: Values): ExecIo {
  if (detach) return { kind: 'detached' }
  if (tty && ports.isInputTerminal && ports.stdout.isTerminal)
    return { kind: 'terminal', ...detachableTerminal(ports) }
  return { kind: 'streams', ...ports.streams }
}

/** A bare name takes the value that this process has; without one, the variable is left out. */
function environmentLine(line: string, environment: ReadonlyMap<string, string>): readonly string[] {
  if (line.includes('=')) return [line]
  const value = environment.get(line)
  return value === undefined ? [] : [`${line}=${value}`]
}
