import { isRemoteAddress } from '../../app/index.ts'
import { up } from '../../app/up.ts'
import { type CommandDefinition, defineCommand } from '../define-command.ts'
import { addCreateOptions, type CreateValues, publishingOn, upOptions } from '../options/up-options.ts'
import { runWithProgress } from '../run-with-progress.ts'

interface Values extends CreateValues {
  readonly quietPull?: boolean
}

/** `create`: makes containers and what they need, and starts none. */
export const command: CommandDefinition = defineCommand<Values>({
  describe: createCommand =>
    addCreateOptions(createCommand.description('Create containers without starting them'))
      .argument('[service...]')
      .option('--quiet-pull', 'Do not show the progress of pulls'),
  examples: [
    ['tcompose create', 'build or fetch images, and make everything ready'],
    ['tcompose start', 'start what was created'],
  ],
  dryRun: 'plans',
  run: async (context, services, values) => {
    const { ports, request } = publishingOn(context, values)
    if (request.files.some(isRemoteAddress)) {
      const { refusedRemote } = await import('../confirm-remote.ts')
      const refused = await refusedRemote(context, values)
      if (refused !== undefined) return refused
    }
    const options = upOptions(services, { ...values, deps: true, start: false })
    return runWithProgress(context, {
      title: 'create',
      quietPull: values.quietPull ?? false,
      run: hooks => ports.call(up, { request, options, hooks }),
    })
  },
})
