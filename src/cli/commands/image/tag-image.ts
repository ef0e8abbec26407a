import type { CommandContext } from '../../command-context.ts'
import { EXIT } from '../../exit-codes.ts'

/** Gives an image another name; says nothing, as Docker does. */
export async function tagImage({ ports }: CommandContext, source: string, target: string): Promise<number> {
  const app = await ports.loadApp()
  await app.images.tag(source, target)
  return EXIT.done
}
