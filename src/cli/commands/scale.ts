import { up } from '../../app/up.ts'
import { type CommandDefinition, defineCommand } from '../define-command.ts'
import { parseScale } from '../options/option-values.ts'
import { upOptions } from '../options/up-options.ts'
import { runWithProgress } from '../run-with-progress.ts'

interface Values {
  readonly deps: boolean
}

/** `scale`: makes services run in as many containers as they are to have. */
export const command: CommandDefinition = defineCommand<Values>({
  describe: scaleCommand =>
    scaleCommand
      .description('Set the number of containers of services')
      .argument('<service=number...>', 'Services, and how many containers each is to have')
      .option('--no-deps', 'Do not start what the services depend on'),
  examples: [
    ['tcompose scale worker=3', 'run three containers of a service'],
    ['tcompose scale worker=0', 'run none, and keep its volumes'],
  ],
  dryRun: 'plans',
  run: (context, args, { deps }) => {
    const { ports, request } = context
    const scale = args.reduce<ReadonlyMap<string, number>>((all, text) => parseScale(text, all), new Map())
    const options = upOptions([...scale.keys()], { deps, recreate: true, start: true, pull: 'policy', scale })
    return runWithProgress(context, {
      title: 'scale',
      run: hooks => ports.call(up, { request, options, hooks }),
    })
  },
})
