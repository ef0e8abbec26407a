import type { Millis } from '../../base/millis.ts'
import { type CommandHost, defineCommand } from '../define-command.ts'
import { timeoutOption } from '../options/option-values.ts'
import { runWithProgress } from '../run-with-progress.ts'

interface Values {
  readonly removeOrphans?: boolean
  readonly volumes?: boolean
  readonly timeout?: Millis
}

/** Adds `down`: stops and removes containers and networks. */
export function addDownCommand(host: CommandHost): void {
  const command = host.program
    .command('down')
    .description('Stop and remove containers and networks')
    .argument('[service...]')
    .option('--remove-orphans', 'Remove containers of services that the file does not declare')
    .option('-v, --volumes', 'Remove named volumes of the file and anonymous volumes, with their data')
    .addOption(timeoutOption())
  defineCommand<Values>(host, command, (context, services, values) =>
    runWithProgress(context, {
      title: 'down',
      run: (app, hooks) =>
        app.down(
          context.request,
          {
            services,
            removeOrphans: values.removeOrphans ?? false,
            volumes: values.volumes ?? false,
            timeout: values.timeout,
          },
          hooks,
        ),
    }),
  )
}
