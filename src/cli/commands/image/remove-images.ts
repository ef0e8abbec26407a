import type { RemovedImages } from '../../../app/index.ts'
import type { CommandContext } from '../../command-context.ts'
import { EXIT } from '../../exit-codes.ts'
import type { PlatformValues } from '../../options/platform-option.ts'
import { shortImageLabel } from '../../views/image-name.ts'
import { safeLine } from '../../views/safe-text.ts'

export interface ImageRmValues extends PlatformValues {
  readonly force?: boolean
}

/** Removes images by their names or ids, and says what went. */
export async function removeImages(
  { ports }: CommandContext,
  images: readonly string[],
  { force = false, platform }: ImageRmValues,
): Promise<number> {
  const app = await ports.loadApp()
  const wanted = images.map(reference => ({ reference, platform }))
  ports.stdout.write(removedText(await app.images.remove(wanted, { force })))
  return EXIT.done
}

/** Returns a line for each name and image that went. */
export function removedText({ untagged, deleted }: RemovedImages): string {
  const lines = [
    ...untagged.map(name => `Untagged: ${shortImageLabel(name)}`),
    ...deleted.map(id => `Deleted: ${id}`),
  ]
  return lines.map(line => `${safeLine(line)}\n`).join('')
}
