import { type CommandDefinition, defineCommand } from '../../define-command.ts'
import { type LoadValues, loadOptions, printLoaded } from '../../load-archive.ts'

/** `image import`: loads the archive that `image export` has written. */
export const command: CommandDefinition = defineCommand<LoadValues>({
  describe: importing =>
    loadOptions(importing.description('Load an archive written by export, so that up needs no registry')),
  examples: [['tcompose image import shop.tar', 'on the other machine, before up']],
  run: (context, _args, values) => printLoaded(context, values),
})
