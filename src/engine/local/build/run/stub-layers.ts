import { closeSync, mkdirSync, openSync } from 'node:fs'
import { join } from 'node:path'
import { bytePath, nativePath } from '../../../../disk/byte-path.ts'
import type { MountStub } from './mount-stubs.ts'

/**
 * Layers to put below all others of a step: what is in one is there to mount on, without anything being made, and its
 * folder copied, in the layer of the step. What upper layers hide has to be made all the same.
 */
export class StubLayers {
  readonly #folder: string
  readonly #made = new Map<string, string>()

  /** @param folder Where they are made. */
  constructor(folder: string) {
    this.#folder = folder
  }

  /**
   * Returns the folder of a layer with those of `stubs` that only need their folder to be there; undefined where none
   * does. Of the others folders would be made here that a command could not rename, as it could those in its own layer.
   */
  layerOf(stubs: readonly MountStub[]): string | undefined {
    const wanted = stubs.filter(({ isInFolder }) => isInFolder)
    if (wanted.length === 0) return undefined
    const key = JSON.stringify(wanted)
    const layer = this.#made.get(key) ?? this.#make(wanted)
    this.#made.set(key, layer)
    return layer
  }

  #make(stubs: readonly MountStub[]): string {
    const layer = join(this.#folder, `stubs-${this.#made.size + 1}`)
    mkdirSync(layer, { mode: 0o755 })
    for (const { path, isFile } of stubs) {
      const stub = nativePath(`${bytePath(layer)}/${path}`)
      const parent = nativePath(`${bytePath(layer)}/${path.split('/').slice(0, -1).join('/')}`)
      mkdirSync(parent, { recursive: true, mode: 0o755 })
      if (isFile) closeSync(openSync(stub, 'wx', 0o644))
      else mkdirSync(stub, { mode: 0o755, recursive: true })
    }
    return layer
  }
}
