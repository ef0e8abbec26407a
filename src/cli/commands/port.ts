import { Option } from 'commander'
import { type CommandHost, defineCommand } from '../define-command.ts'
import { parseIndex } from '../options/option-values.ts'
import type { PortValues } from './show-port.ts'

/** Adds `port`: shows where a port of a container is published. */
export function addPortCommand(host: CommandHost): void {
  const command = host.program
    .command('port')
    .description('Show where a port of a container is published')
    .argument('<service>')
    .argument('<port>')
    .addOption(new Option('--protocol <protocol>', 'Protocol').choices(['tcp', 'udp']).default('tcp'))
    .addOption(new Option('--index <number>', 'Which replica').argParser(parseIndex).default(1))
  defineCommand<PortValues>(host, command, async (context, args, values) => {
    const { showPort } = await import('./show-port.ts')
    return showPort(context, args, values)
  })
}
