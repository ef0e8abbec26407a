import { images } from '../../../app/images.ts'
import { type CommandDefinition, defineCommand } from '../../define-command.ts'
import { EXIT } from '../../exit-codes.ts'
import { type PlatformValues, platformOption } from '../../options/platform-option.ts'
import { removedText } from '../../removed-images.ts'

interface Values extends PlatformValues {
  readonly force?: boolean
}

/** `image rm`: removes images by their names or IDs, and says what was removed. */
export const command: CommandDefinition = defineCommand<Values>({
  describe: rm =>
    rm
      .alias('remove')
      .description('Remove images')
      .argument('<image...>')
      .option('-f, --force', 'Untag images even if a container needs them')
      .addOption(platformOption()),
  examples: [['tcompose image rm redis:7', 'take a name away, and what only it needs']],
  run: async ({ ports }, names, { force = false, platform }) => {
    const store = await ports.call(images)
    const wanted = names.map(reference => ({ reference, platform }))
    ports.stdout.write(removedText(await store.remove(wanted, { force })))
    return EXIT.done
  },
})
