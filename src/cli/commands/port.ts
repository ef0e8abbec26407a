import { Option } from 'commander'
import { findContainers } from '../../app/find-containers.ts'
import type { ObservedContainer } from '../../app/index.ts'
import { TcomposeError } from '../../base/tcompose-error.ts'
import type { CommandContext } from '../command-context.ts'
import { type CommandDefinition, defineCommand } from '../define-command.ts'
import { EXIT } from '../exit-codes.ts'
import { parseIndex } from '../options/option-values.ts'
import { reportFailure, reportInvalid } from '../report.ts'
import { untilInterrupted } from '../until-interrupted.ts'
import { UsageError } from '../usage-error.ts'
import { portsText, reachablePorts } from '../views/container-words.ts'

interface Values {
  readonly protocol: 'tcp' | 'udp' | 'sctp'
  /** Counts from 1. */
  readonly index: number
}

/** `port`: writes `address:port` of the host for a service and a port of its container. */
export const command: CommandDefinition = defineCommand<Values>({
  describe: port =>
    port
      .description('Show where a port of a container is published')
      .argument('<service>')
      .argument('<port>')
      .addOption(
        new Option('--protocol <protocol>', 'Protocol').choices(['tcp', 'udp', 'sctp']).default('tcp'),
      )
      .addOption(new Option('--index <number>', 'Number of the replica').argParser(parseIndex).default(1)),
  examples: [
    ['tcompose port web 80', 'where port 80 of web is published'],
    ['tcompose port --protocol udp dns 53', 'a UDP port'],
  ],
  dryRun: 'reads',
  run: showPort,
})

async function showPort(
  context: CommandContext,
  [service = '', portText = '']: readonly string[],
  { protocol, index }: Values,
): Promise<number> {
  if (!/^\d{1,5}$/.test(portText)) throw new UsageError(`"${portText}" is not a port`)
  const { ports, request } = context
  const found = await untilInterrupted(context, ports.call(findContainers, request))
  if (found.kind === 'invalid') return reportInvalid(context, found.diagnostics)
  const container = found.containers.find(one => one.service === service && one.number === index)
  const reachable = container === undefined ? [] : reachablePorts(container)
  const published = reachable.find(port => port.target === Number(portText) && port.protocol === protocol)
  if (published === undefined) {
    reportFailure(context, notPublished({ service, index, port: `${portText}/${protocol}` }, container))
    return EXIT.failed
  }
  const { hostIp, hostPort } = published
  ports.stdout.write(`${hostIp.includes(':') ? `[${hostIp}]` : hostIp}:${hostPort}\n`)
  return EXIT.done
}

interface PortQuestion {
  readonly service: string
  readonly index: number
  readonly port: string
}

function notPublished(
  { service, index, port }: PortQuestion,
  container: ObservedContainer | undefined,
): TcomposeError {
  if (container === undefined) {
    return new TcomposeError(
      'container-not-running',
      `Cannot find container ${service}-${index}: service "${service}" has no such container`,
      { hint: 'Run "tcompose ps -a" to list the containers' },
    )
  }
  if (container.state.kind !== 'running') {
    return new TcomposeError(
      'container-not-running',
      `Cannot find port ${port} of ${container.name}: it is not running`,
      { hint: `Run "tcompose up -d ${service}" first` },
    )
  }
  return new TcomposeError('network', `Cannot find port ${port} of ${container.name}: it is not published`, {
    hint:
      container.ports.length === 0
        ? 'Publish it with "ports:" in the file'
        : `Published are ${portsText({ ports: container.ports })}`,
  })
}
