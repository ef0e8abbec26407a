import { type CommandHost, defineCommand } from '../define-command.ts'

/** Adds `top`: lists the processes of running containers. */
export function addTopCommand(host: CommandHost): void {
  const command = host.program
    .command('top')
    .description('List the processes of running containers')
    .argument('[service...]')
  defineCommand(host, command, async (context, services) => {
    const { showProcesses } = await import('./show-processes.ts')
    return showProcesses(context, services)
  })
}
