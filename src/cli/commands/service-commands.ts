import type { Millis } from '../../base/millis.ts'
import { type CommandHost, defineCommand } from '../define-command.ts'
import { timeoutOption } from '../options/option-values.ts'
import { runWithProgress } from '../run-with-progress.ts'

interface Values {
  readonly timeout?: Millis
  readonly deps?: boolean
}

const COMMANDS = [
  { name: 'start', description: 'Start containers that exist', hasTimeout: false },
  { name: 'stop', description: 'Stop containers and keep them', hasTimeout: true },
  { name: 'restart', description: 'Stop containers and start them again', hasTimeout: true },
] as const

/** Adds `start`, `stop` and `restart`, which work on containers that exist. */
export function addServiceCommands(host: CommandHost): void {
  for (const { name, description, hasTimeout } of COMMANDS) {
    const command = host.program.command(name).description(description).argument('[service...]')
    if (hasTimeout) command.addOption(timeoutOption())
    if (name === 'restart')
      command.option('--no-deps', 'Leave services alone that restart with what they depend on')
    defineCommand<Values>(host, command, (context, services, { timeout, deps }) =>
      runWithProgress(context, {
        title: name,
        run: (app, hooks) => app[name](context.request, { services, timeout, noDeps: deps === false }, hooks),
      }),
    )
  }
}
