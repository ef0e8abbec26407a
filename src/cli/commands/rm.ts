import { type CommandHost, defineCommand } from '../define-command.ts'
import type { RmValues } from './remove-containers.ts'

/** Adds `rm`: removes containers that have stopped. */
export function addRmCommand(host: CommandHost): void {
  const command = host.program
    .command('rm')
    .description('Remove stopped containers')
    .argument('[service...]')
    .option('-f, --force', 'Do not ask')
    .option('-s, --stop', 'Stop containers first')
    .option('-v, --volumes', 'Remove their anonymous volumes too')
  defineCommand<RmValues>(host, command, async (context, services, values) => {
    const { removeContainers } = await import('./remove-containers.ts')
    return removeContainers(context, services, values)
  })
}
