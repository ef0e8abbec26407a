import { Option } from 'commander'
import { attach } from '../../app/attach.ts'
import type { CommandContext } from '../command-context.ts'
import { type CommandDefinition, defineCommand } from '../define-command.ts'
import { EXIT } from '../exit-codes.ts'
import { DEFAULT_DETACH_KEYS, parseDetachKeys } from '../options/detach-keys.ts'
import { parseIndex } from '../options/option-values.ts'
import { reportInvalid } from '../report.ts'
import { untilInterrupted } from '../until-interrupted.ts'

interface Values {
  readonly detachKeys: string
  readonly index: number
  readonly sigProxy: boolean
  readonly stdin: boolean
}

/** `attach`: joins the streams of a running container, and passes its exit code on. */
export const command: CommandDefinition = defineCommand<Values>({
  describe: attachCommand =>
    attachCommand
      .description('Join the input and output of a running container')
      .argument('<service>')
      .option('--detach-keys <keys>', 'Keys that leave a container with a terminal', DEFAULT_DETACH_KEYS)
      .addOption(new Option('--index <number>', 'Number of the replica').argParser(parseIndex).default(1))
      .option('--no-stdin', 'Do not pass on what is typed')
      .option('--sig-proxy', 'Pass on signals; --sig-proxy=false does not', true)
      .addOption(new Option('--no-sig-proxy').hideHelp()),
  examples: [
    ['tcompose attach shell', 'until Ctrl-P Ctrl-Q, where the service has tty and stdin_open'],
    ['tcompose attach --no-stdin --sig-proxy=false web', 'to look on; Ctrl-C leaves it running'],
  ],
  run: attachTo,
})

async function attachTo(
  context: CommandContext,
  [service = '']: readonly string[],
  { detachKeys, index, sigProxy, stdin }: Values,
): Promise<number> {
  const { ports, request } = context
  const forwarding = new DisposableStack()
  using _forwarding = forwarding
  const keys = parseDetachKeys(detachKeys)
  const attaching = ports.call(attach, request, {
    ...{ service, index, hasInput: stdin, detachKeys: keys },
    streams: ports.streams,
    terminal: ports.isInputTerminal && ports.stdout.isTerminal ? ports.openTerminal() : undefined,
    onAttached: signal => {
      if (sigProxy) forwarding.use(ports.interrupts.forward(name => void signal(name).catch(() => {})))
    },
  })
  const result = await (sigProxy ? attaching : untilInterrupted(context, attaching))
  if (result.kind === 'invalid') return reportInvalid(context, result.diagnostics)
  if (result.end.kind === 'exited') return result.end.exitCode
  ports.stderr.write('\nread escape sequence\n')
  return EXIT.done
}
