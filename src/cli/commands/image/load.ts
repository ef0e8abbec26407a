import { type CommandDefinition, defineCommand } from '../../define-command.ts'
import { type LoadValues, loadOptions, printLoaded } from '../../load-archive.ts'

/** `image load`: loads the images of an archive. */
export const command: CommandDefinition = defineCommand<LoadValues>({
  describe: load => loadOptions(load.description('Load images from an OCI or Docker archive')),
  examples: [
    ['tcompose image load -i node.tar', 'from a file'],
    ['docker save redis:7 | tcompose image load', 'from docker'],
  ],
  run: (context, _args, values) => printLoaded(context, values),
})
