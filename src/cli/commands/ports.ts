import { Option } from 'commander'
import { findContainers } from '../../app/find-containers.ts'
import { assertNever } from '../../base/assert-never.ts'
import { isNamed } from '../../base/named-services.ts'
import { TcomposeError } from '../../base/tcompose-error.ts'
import type { CommandContext } from '../command-context.ts'
import { type CommandDefinition, defineCommand } from '../define-command.ts'
import { EXIT } from '../exit-codes.ts'
import { reportFailure, reportInvalid } from '../report.ts'
import { unknownService } from '../unknown-service.ts'
import { untilInterrupted } from '../until-interrupted.ts'
import { hostText } from '../views/container-words.ts'
import { type PortRow, portRows } from '../views/port-rows.ts'
import { assignment, portVariables, sameNamed } from '../views/port-variables.ts'
import { safeJson } from '../views/safe-text.ts'
import { textTable } from '../views/text-table.ts'

interface Values {
  readonly format: 'table' | 'json' | 'env'
  readonly env?: boolean
}

/** `ports`: writes where the ports of running containers are published, chosen ones too. */
export const command: CommandDefinition = defineCommand<Values>({
  describe: portsCommand =>
    portsCommand
      .description('List where ports of containers are published')
      .argument('[service...]')
      .option('--env', 'Write shell variables, as --format env does')
      .addOption(
        new Option('--format <format>', 'Output format').choices(['table', 'json', 'env']).default('table'),
      ),
  examples: [
    ['tcompose ports', 'every published port of the project'],
    ['eval "$(tcompose ports --env web)" && curl "http://$WEB_80_TCP"', 'the port that was chosen for web'],
    ['tcompose ports --env > ports.env', 'as a file of variables'],
    ['tcompose ports --format json', 'an object for each port'],
  ],
  dryRun: 'reads',
  run: listPorts,
})

async function listPorts(
  context: CommandContext,
  services: readonly string[],
  { format, env }: Values,
): Promise<number> {
  const { ports, request } = context
  const found = await untilInterrupted(context, ports.call(findContainers, request))
  if (found.kind === 'invalid') return reportInvalid(context, found.diagnostics)
  const unknown = unknownService(found, services)
  if (unknown !== undefined) return reportInvalid(context, [unknown])
  const rows = portRows(found.containers.filter(({ service }) => isNamed(services, service)))
  const missing = services.find(name => !rows.some(({ service }) => service === name))
  if (missing !== undefined) {
    reportFailure(context, notPublished(missing))
    return EXIT.failed
  }
  ports.stdout.write(portsText(rows, env ? 'env' : format))
  return EXIT.done
}

/** @throws {TcomposeError} `bad-value` if two variables would have one name. */
function portsText(rows: readonly PortRow[], format: Values['format']): string {
  switch (format) {
    case 'table':
      return textTable([
        ['SERVICE', 'CONTAINER', 'PORT', 'PUBLISHED'],
        ...rows.map(row => [row.service, row.container, `${row.target}/${row.protocol}`, hostText(row)]),
      ])
    case 'json':
      return rows.map(row => `${safeJson(portJson(row))}\n`).join('')
    case 'env':
      return variablesText(rows)
    default:
      return assertNever(format)
  }
}

function portJson({ service, container, replica, target, protocol, hostIp, hostPort }: PortRow): object {
  return {
    Service: service,
    Container: container,
    Replica: replica,
    TargetPort: target,
    Protocol: protocol,
    HostIP: hostIp,
    PublishedPort: hostPort,
  }
}

function variablesText(rows: readonly PortRow[]): string {
  const variables = portVariables(rows)
  const same = sameNamed(variables)
  if (same === undefined) return variables.map(assignment).join('')
  const [one, other] = same
  throw new TcomposeError(
    'bad-value',
    `Cannot name the ports of "${one.row.service}" and "${other.row.service}": both have the variable ${one.name}`,
    { hint: 'Name one of the services: tcompose ports --env SERVICE' },
  )
}

function notPublished(service: string): TcomposeError {
  return new TcomposeError(
    'container-not-running',
    `Cannot list the ports of service "${service}": no running container of it publishes one`,
    { hint: `Run "tcompose up -d ${service}", and see "tcompose config" for its "ports"` },
  )
}
