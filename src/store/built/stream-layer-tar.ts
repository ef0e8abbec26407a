import { setImmediate as nextTurn } from 'node:timers/promises'
import { layerTar } from './layer-tar.ts'

/** Yields what `layerTar` does, in chunks that stay valid, and gives way to the event loop for each. @throws {Error} As `layerTar`. */
export async function* streamLayerTar(folder: string): AsyncGenerator<Buffer> {
  for (const chunk of layerTar(folder)) {
    yield Buffer.from(chunk)
    await nextTurn()
  }
}
