import { Option } from 'commander'
import { images } from '../../../app/images.ts'
import type { ArchiveFormat } from '../../../app/index.ts'
import { writeArchive } from '../../archive-streams.ts'
import { type CommandDefinition, defineCommand } from '../../define-command.ts'
import { EXIT } from '../../exit-codes.ts'
import { type PlatformValues, platformOption } from '../../options/platform-option.ts'

interface Values extends PlatformValues {
  readonly format: ArchiveFormat
  readonly output?: string
}

/** `image save`: writes images to an archive. */
export const command: CommandDefinition = defineCommand<Values>({
  describe: save =>
    save
      .description('Save images as an archive')
      .argument('<image...>')
      .addOption(
        new Option('--format <format>', 'Format of the archive').choices(['oci', 'docker']).default('oci'),
      )
      .option('-o, --output <file>', 'Archive to write instead of standard output')
      .addOption(platformOption()),
  examples: [['tcompose image save -o images.tar redis:7 nginx:1.27', 'as an archive that docker loads']],
  run: async (context, names, { format, output, platform }) => {
    const { ports } = context
    await writeArchive(context, output, async write => {
      const store = await ports.call(images)
      const wanted = names.map(reference => ({ reference, platform }))
      await store.save({ images: wanted, format, signal: ports.interrupts.first }, write)
    })
    return EXIT.done
  },
})
