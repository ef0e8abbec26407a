import type { ArchiveFormat } from '../../../app/index.ts'
import { writeArchive } from '../../archive-streams.ts'
import type { CommandContext } from '../../command-context.ts'
import { EXIT } from '../../exit-codes.ts'
import type { PlatformValues } from '../../options/platform-option.ts'

export interface SaveValues extends PlatformValues {
  readonly format: ArchiveFormat
  readonly output?: string
}

/** Writes images to an archive. */
export async function saveImages(
  context: CommandContext,
  images: readonly string[],
  { format, output, platform }: SaveValues,
): Promise<number> {
  const { ports } = context
  await writeArchive(context, output, async write => {
    const app = await ports.loadApp()
    const wanted = images.map(reference => ({ reference, platform }))
    await app.images.save({ images: wanted, format, signal: ports.interrupts.first }, write)
  })
  return EXIT.done
}
