import type { ObservedContainer } from '../../app/index.ts'
import { top } from '../../app/top.ts'
import { type CommandDefinition, defineCommand } from '../define-command.ts'
import { EXIT } from '../exit-codes.ts'
import { reportInvalid } from '../report.ts'
import { untilInterrupted } from '../until-interrupted.ts'
import { textTable } from '../views/text-table.ts'

/** `top`: lists the processes of running containers. */
export const command: CommandDefinition = defineCommand({
  describe: topCommand =>
    topCommand.description('List the processes of running containers').argument('[service...]'),
  examples: [
    ['tcompose top', 'the processes of every container'],
    ['tcompose top web', 'of one service'],
  ],
  dryRun: 'reads',
  run: async (context, services) => {
    const { ports, request } = context
    const found = await untilInterrupted(context, ports.call(top, request, { services }))
    if (found.kind === 'invalid') return reportInvalid(context, found.diagnostics)
    const rows = found.containers.flatMap(({ container, processes }) =>
      processes.rows.map(row => [container.service, numberOf(container), ...row]),
    )
    const titles = found.containers[0]?.processes.titles ?? []
    if (rows.length > 0) ports.stdout.write(textTable([['SERVICE', '#', ...titles], ...rows]))
    return EXIT.done
  },
})

/** A one-off is none of the replicas. */
function numberOf({ number, slug }: ObservedContainer): string {
  return slug === undefined ? String(number) : 'run'
}
