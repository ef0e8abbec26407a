import { type CommandHost, defineCommand } from '../define-command.ts'
import type { LoginValues } from './log-in.ts'

/** Adds `login`: keeps a user's password for a registry. */
export function addLoginCommand(host: CommandHost): void {
  const command = host.program
    .command('login')
    .description('Log in to a registry')
    .argument('[server]', 'Host of the registry, Docker Hub if left out')
    .option('-u, --username <name>', 'User')
    .option('-p, --password <password>', 'Password or access token')
    .option('--password-stdin', 'Read the password from standard input')
  defineCommand<LoginValues>(host, command, async (context, [server], values) => {
    const { logIn } = await import('./log-in.ts')
    return logIn(context, server, values)
  })
}
